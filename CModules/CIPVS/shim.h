#ifndef VIADUCT_CIPVS_SHIM_H
#define VIADUCT_CIPVS_SHIM_H

// The C library's header goes before those of linux: they clash the other way round.
#include <netinet/in.h>

#include <assert.h>
#include <linux/genetlink.h>
#include <linux/ip_vs.h>
#include <linux/netlink.h>

// The Swift codec writes these headers byte by byte.
static_assert(sizeof(struct genlmsghdr) == 4, "struct genlmsghdr");
static_assert(sizeof(struct ip_vs_flags) == 8, "struct ip_vs_flags");

// A macro that Swift cannot read.
static const int viaduct_ipvs_get_info = IP_VS_SO_GET_INFO;

#endif
