#ifndef VIADUCT_CIPTABLES_SHIM_H
#define VIADUCT_CIPTABLES_SHIM_H

// net/if.h goes before the linux headers: they clash the other way round.
#include <net/if.h>

#include <assert.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/file.h>
#include <sys/socket.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/x_tables.h>
#include <linux/netfilter/xt_MARK.h>
#include <linux/netfilter/xt_addrtype.h>
#include <linux/netfilter/xt_comment.h>
#include <linux/netfilter/xt_conntrack.h>
#include <linux/netfilter/xt_mark.h>
#include <linux/netfilter/xt_recent.h>
#include <linux/netfilter/xt_sctp.h>
#include <linux/netfilter/xt_statistic.h>
#include <linux/netfilter/xt_tcpudp.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv4/ipt_REJECT.h>
#include <linux/netfilter_ipv6/ip6_tables.h>
#include <linux/netfilter_ipv6/ip6t_REJECT.h>
#include <linux/netlink.h>

#include <libiptc/libip6tc.h>
#include <libiptc/libiptc.h>

// The Swift codec reads and writes tables byte by byte.
static_assert(sizeof(struct ipt_entry) == 112, "struct ipt_entry");
static_assert(offsetof(struct ipt_entry, target_offset) == 88, "ipt_entry.target_offset");
static_assert(offsetof(struct ipt_entry, comefrom) == 92, "ipt_entry.comefrom");
static_assert(offsetof(struct ipt_entry, counters) == 96, "ipt_entry.counters");
static_assert(offsetof(struct ipt_ip, iniface) == 16, "ipt_ip.iniface");
static_assert(offsetof(struct ipt_ip, proto) == 80, "ipt_ip.proto");
static_assert(sizeof(struct ip6t_entry) == 168, "struct ip6t_entry");
static_assert(offsetof(struct ip6t_entry, target_offset) == 140, "ip6t_entry.target_offset");
static_assert(offsetof(struct ip6t_entry, comefrom) == 144, "ip6t_entry.comefrom");
static_assert(offsetof(struct ip6t_entry, counters) == 152, "ip6t_entry.counters");
static_assert(offsetof(struct ip6t_ip6, iniface) == 64, "ip6t_ip6.iniface");
static_assert(offsetof(struct ip6t_ip6, proto) == 128, "ip6t_ip6.proto");
static_assert(sizeof(struct xt_entry_match) == 32, "struct xt_entry_match");
static_assert(sizeof(struct xt_entry_target) == 32, "struct xt_entry_target");
static_assert(sizeof(struct xt_error_target) == 64, "struct xt_error_target");
static_assert(sizeof(struct xt_standard_target) == 40, "struct xt_standard_target");
static_assert(sizeof(struct ipt_replace) == 96, "struct ipt_replace");
static_assert(offsetof(struct ipt_replace, counters) == 88, "ipt_replace.counters");
static_assert(sizeof(struct ip6t_replace) == sizeof(struct ipt_replace), "struct ip6t_replace");
static_assert(sizeof(struct ipt_getinfo) == 84, "struct ipt_getinfo");
static_assert(sizeof(struct ipt_get_entries) == 40, "struct ipt_get_entries");
static_assert(sizeof(struct xt_counters_info) == 40, "struct xt_counters_info");
static_assert(sizeof(struct xt_get_revision) == 30, "struct xt_get_revision");
static_assert(XT_ALIGN(1) == 8, "XT_ALIGN");

// These headers number the socket options alike, so one codec serves both families.
static_assert(IPT_SO_SET_REPLACE == IP6T_SO_SET_REPLACE, "SET_REPLACE");
static_assert(IPT_SO_SET_ADD_COUNTERS == IP6T_SO_SET_ADD_COUNTERS, "SET_ADD_COUNTERS");
static_assert(IPT_SO_GET_INFO == IP6T_SO_GET_INFO, "GET_INFO");
static_assert(IPT_SO_GET_ENTRIES == IP6T_SO_GET_ENTRIES, "GET_ENTRIES");

#endif
