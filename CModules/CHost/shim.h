#ifndef VIADUCT_CHOST_SHIM_H
#define VIADUCT_CHOST_SHIM_H

// net/if.h goes before the linux headers: they clash the other way round.
#include <net/if.h>

#include <libiptc/libip6tc.h>
#include <libiptc/libiptc.h>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/x_tables.h>
#include <linux/netfilter/xt_MARK.h>
#include <linux/netfilter/xt_addrtype.h>
#include <linux/netfilter/xt_conntrack.h>
#include <linux/netfilter/xt_mark.h>
#include <linux/netfilter/xt_multiport.h>
#include <linux/netfilter/xt_recent.h>
#include <linux/netfilter/xt_sctp.h>
#include <linux/netfilter/xt_state.h>
#include <linux/netfilter/xt_statistic.h>
#include <linux/netfilter/xt_tcpudp.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <unistd.h>

// Reads the clock's state and changes nothing: 0, or -1 with errno.
static inline int viaduct_read_clock(int *status, long *largest_error) {
    struct timex state = {.modes = 0};
    if (adjtimex(&state) < 0) return -1;
    *status = state.status;
    *largest_error = state.maxerror;
    return 0;
}

// Loads `r0 = 1; exit` as a program of this type and attach type, and lets go of it: 0, or -1 with errno.
static inline int viaduct_try_bpf_program(unsigned type, unsigned attach_type) {
    const struct bpf_insn instructions[] = {
        {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 1},
        {.code = BPF_JMP | BPF_EXIT},
    };
    union bpf_attr attributes = {0};
    attributes.prog_type = type;
    attributes.insn_cnt = sizeof instructions / sizeof instructions[0];
    attributes.insns = (unsigned long)instructions;
    attributes.license = (unsigned long)"Apache-2.0";
    attributes.expected_attach_type = attach_type;
    int descriptor = (int)syscall(SYS_bpf, BPF_PROG_LOAD, &attributes, sizeof attributes);
    if (descriptor < 0) return -1;
    return close(descriptor);
}

// Makes a map of one element and lets go of it: 0, or -1 with errno.
static inline int viaduct_try_bpf_map(unsigned type) {
    union bpf_attr attributes = {0};
    attributes.map_type = type;
    attributes.key_size = 4;
    attributes.value_size = 4;
    attributes.max_entries = 1;
    int descriptor = (int)syscall(SYS_bpf, BPF_MAP_CREATE, &attributes, sizeof attributes);
    if (descriptor < 0) return -1;
    return close(descriptor);
}

#endif
