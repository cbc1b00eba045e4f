#ifndef VIADUCT_CLINUX_SHIM_H
#define VIADUCT_CLINUX_SHIM_H
#include <net/if.h>
#include <sys/socket.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#endif
