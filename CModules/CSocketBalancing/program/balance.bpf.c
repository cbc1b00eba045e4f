// Translates what sockets send to Services when they connect, or with each datagram where they do not.
//
// What is not found in the maps is left alone, and the packet rules translate it as they would without this program. So
// a lookup that fails, for example since a list was replaced between two lookups, costs nothing but the advantage.
#include <linux/bpf.h>
#include <linux/types.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define AF_INET 2
#define IPPROTO_TCP 6
#define IPPROTO_UDP 17

// As conntrack forgets a UDP flow that has had answers.
#define IDLE_FLOW (120ULL * 1000 * 1000 * 1000)
enum frontend_flags {
    // Only for sockets of the node's own network namespace: what happens to others depends on where they are.
    ONLY_NODE = 1,
};

struct frontend {
    __u32 port;
    __u8 list;
    __u8 flags;
    __u16 unused;
};

// A Service port. It is replaced as a whole, so that a reader sees the lists before or after a change.
struct port {
    // Each version of a list has a number of its own, never used again.
    __u32 list[2];
    __u16 count[2];
    // Seconds of session affinity; 0: none.
    __u32 affinity;
    __u64 translated;
};

struct slot_key {
    __u32 list;
    __u32 slot;
};

struct client_key {
    __u64 namespace;
    __u32 port;
    __u32 list;
};

// Connected sockets are kept in sets of four.
#define SETS 16384
#define WAYS 4
#define TAKEN (~0ULL)

enum total { CONNECTED_TCP, CONNECTED_UDP, SENT_DATAGRAMS, TOTALS };

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    // The cookie of the node's own network namespace; 0: nothing is translated.
    __type(value, __u64);
} node_namespace SEC(".maps");

static __always_inline __u64 node_cookie(void) {
    __u32 zero = 0;
    __u64 *cookie = bpf_map_lookup_elem(&node_namespace, &zero);
    return cookie ? *cookie : 0;
}

static __always_inline void *table_of(void *map) {
    __u32 zero = 0;
    return bpf_map_lookup_elem(map, &zero);
}

#define FAMILY 4
#define WORDS 1
#include "family.h"
#undef FAMILY
#undef WORDS

#define FAMILY 6
#define WORDS 4
#include "family.h"
#undef FAMILY
#undef WORDS

static __always_inline __u8 protocol_of(struct bpf_sock_addr *context) {
    if (context->type == 1 /* SOCK_STREAM */ && context->protocol == IPPROTO_TCP) return IPPROTO_TCP;
    if (context->type == 2 /* SOCK_DGRAM */ && context->protocol == IPPROTO_UDP) return IPPROTO_UDP;
    return 0;
}

// Whether source and device are for the kernel to choose. Others may not reach what the translation leads to, unless
// the packet rules masquerade them.
static __always_inline int is_free4(struct bpf_sock_addr *context) {
    struct bpf_sock *socket = context->sk;
    return socket && !*(volatile __u32 *)&socket->src_ip4 && !*(volatile __u32 *)&socket->bound_dev_if;
}

static __always_inline int is_free6(struct bpf_sock_addr *context) {
    struct bpf_sock *socket = context->sk;
    if (!socket || *(volatile __u32 *)&socket->bound_dev_if) return 0;
    return !(*(volatile __u32 *)&socket->src_ip6[0] | *(volatile __u32 *)&socket->src_ip6[1]
        | *(volatile __u32 *)&socket->src_ip6[2] | *(volatile __u32 *)&socket->src_ip6[3]);
}

static __always_inline void read4(struct bpf_sock_addr *context, struct endpoint4 *peer) {
    peer->address[0] = context->user_ip4;
    peer->port = (__u16)context->user_port;
    peer->protocol = 0;
}

static __always_inline void write4(struct bpf_sock_addr *context, const struct endpoint4 *peer) {
    context->user_ip4 = peer->address[0];
    context->user_port = peer->port;
}

static __always_inline void read6(struct bpf_sock_addr *context, struct endpoint6 *peer) {
    peer->address[0] = context->user_ip6[0];
    peer->address[1] = context->user_ip6[1];
    peer->address[2] = context->user_ip6[2];
    peer->address[3] = context->user_ip6[3];
    peer->port = (__u16)context->user_port;
    peer->protocol = 0;
}

static __always_inline void write6(struct bpf_sock_addr *context, const struct endpoint6 *peer) {
    context->user_ip6[0] = peer->address[0];
    context->user_ip6[1] = peer->address[1];
    context->user_ip6[2] = peer->address[2];
    context->user_ip6[3] = peer->address[3];
    context->user_port = peer->port;
}

// ::ffff:0:0/96, by which sockets for both families reach IPv4.
static __always_inline int is_mapped(const struct endpoint6 *peer) {
    return !peer->address[0] && !peer->address[1] && peer->address[2] == bpf_htonl(0xFFFF);
}

static __always_inline void to4(const struct endpoint6 *peer, struct endpoint4 *short_peer) {
    short_peer->address[0] = peer->address[3];
    short_peer->port = peer->port;
    short_peer->protocol = 0;
}

static __always_inline void translate_both4(struct bpf_sock_addr *context, int connects) {
    struct endpoint4 peer;
    read4(context, &peer);
    if (translate4(context, &peer, protocol_of(context), connects)) write4(context, &peer);
}

static __always_inline void translate_both6(struct bpf_sock_addr *context, int connects) {
    struct endpoint6 peer;
    read6(context, &peer);
    if (is_mapped(&peer)) {
        struct endpoint4 mapped;
        to4(&peer, &mapped);
        if (!translate4(context, &mapped, protocol_of(context), connects)) return;
        context->user_ip6[3] = mapped.address[0];
        context->user_port = mapped.port;
    } else if (translate6(context, &peer, protocol_of(context), connects)) {
        write6(context, &peer);
    }
}

static __always_inline void restore_both4(struct bpf_sock_addr *context) {
    struct endpoint4 peer;
    read4(context, &peer);
    if (restore4(context, &peer)) write4(context, &peer);
}

static __always_inline void restore_both6(struct bpf_sock_addr *context) {
    struct endpoint6 peer;
    read6(context, &peer);
    if (is_mapped(&peer)) {
        struct endpoint4 mapped;
        to4(&peer, &mapped);
        if (!restore4(context, &mapped)) return;
        context->user_ip6[3] = mapped.address[0];
        context->user_port = mapped.port;
    } else if (restore6(context, &peer)) {
        write6(context, &peer);
    }
}

SEC("cgroup/connect4") int connect4(struct bpf_sock_addr *context) {
    if (is_free4(context)) translate_both4(context, 1);
    return 1;
}

SEC("cgroup/connect6") int connect6(struct bpf_sock_addr *context) {
    if (is_free6(context)) translate_both6(context, 1);
    return 1;
}

SEC("cgroup/sendmsg4") int sendmsg4(struct bpf_sock_addr *context) {
    if (is_free4(context)) translate_both4(context, 0);
    return 1;
}

SEC("cgroup/sendmsg6") int sendmsg6(struct bpf_sock_addr *context) {
    if (is_free6(context)) translate_both6(context, 0);
    return 1;
}

SEC("cgroup/recvmsg4") int recvmsg4(struct bpf_sock_addr *context) {
    restore_both4(context);
    return 1;
}

SEC("cgroup/recvmsg6") int recvmsg6(struct bpf_sock_addr *context) {
    restore_both6(context);
    return 1;
}

SEC("cgroup/getpeername4") int getpeername4(struct bpf_sock_addr *context) {
    restore_both4(context);
    return 1;
}

SEC("cgroup/getpeername6") int getpeername6(struct bpf_sock_addr *context) {
    restore_both6(context);
    return 1;
}

// A socket is closed: its place is free.
SEC("cgroup/sock_release") int release4(struct bpf_sock *context) {
    free_place4(bpf_get_socket_cookie(context));
    return 1;
}

SEC("cgroup/sock_release") int release6(struct bpf_sock *context) {
    if (context->family != AF_INET) free_place6(bpf_get_socket_cookie(context));
    return 1;
}

char program_license[] SEC("license") = "Apache-2.0";
