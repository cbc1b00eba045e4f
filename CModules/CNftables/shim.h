#ifndef VIADUCT_CNFTABLES_SHIM_H
#define VIADUCT_CNFTABLES_SHIM_H

// net/if.h goes before the linux headers: they clash the other way round.
#include <net/if.h>

#include <libmnl/libmnl.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/rtnetlink.h>

#endif
