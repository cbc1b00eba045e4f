#ifndef VIADUCT_CNFTABLES_SHIM_H
#define VIADUCT_CNFTABLES_SHIM_H
#include <net/if.h>
#include <libnftnl/chain.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#endif
