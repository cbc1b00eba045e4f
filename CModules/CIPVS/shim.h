#ifndef VIADUCT_CIPVS_SHIM_H
#define VIADUCT_CIPVS_SHIM_H

// The C library's headers go before those of linux: they clash the other way round.
#include <net/if.h>
#include <netinet/in.h>

#include <assert.h>
#include <linux/genetlink.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/ip_vs.h>
#include <linux/rtnetlink.h>
#include <netlink/errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

// The Swift codec writes these headers byte by byte.
static_assert(sizeof(struct genlmsghdr) == 4, "struct genlmsghdr");
static_assert(sizeof(struct ip_vs_flags) == 8, "struct ip_vs_flags");
static_assert(sizeof(struct ifinfomsg) == 16, "struct ifinfomsg");
static_assert(sizeof(struct ifaddrmsg) == 8, "struct ifaddrmsg");
static_assert(sizeof(struct rtmsg) == 12, "struct rtmsg");
static_assert(sizeof(struct ifa_cacheinfo) == 16, "struct ifa_cacheinfo");

#endif
