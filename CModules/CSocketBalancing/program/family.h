// The maps of one IP family, and the translation by them. Included once for each: FAMILY is 4 or 6, WORDS the number of 32-bit
// words in an address. Addresses and ports are in network order.
#define JOINED(name, family) name##family
#define EXPANDED(name, family) JOINED(name, family)
#define OF_FAMILY(name) EXPANDED(name, FAMILY)

struct OF_FAMILY(endpoint) {
    __u32 address[WORDS];
    __u16 port;
    __u16 unused;
};

struct OF_FAMILY(frontend_key) {
    __u32 address[WORDS];
    __u16 port;
    __u16 protocol;
};

// What a socket was led to, and what its program asked for. Keys have no padding that the verifier could object to.
struct OF_FAMILY(session_key) {
    __u64 socket;
    struct OF_FAMILY(endpoint) endpoint;
#if WORDS == 4
    __u32 unused;
#endif
};

struct OF_FAMILY(session) {
    struct OF_FAMILY(endpoint) frontend;
#if WORDS == 4
    __u32 unused;
#endif
    __u64 namespace;
};

struct OF_FAMILY(choice) {
    struct OF_FAMILY(endpoint) endpoint;
    // Where it stands in the list.
    __u32 slot;
#if WORDS == 1
    __u32 unused;
#endif
    // By the kernel's monotonic clock, in nanoseconds.
    __u64 seen;
};

#define MAP(name, kind, size, map_flags_of, key_type, value_type) \
    struct { \
        __uint(type, kind); \
        __uint(max_entries, size); \
        __uint(map_flags, map_flags_of); \
        __type(key, key_type); \
        __type(value, value_type); \
    } name SEC(".maps")

MAP(OF_FAMILY(frontends), BPF_MAP_TYPE_HASH, 262144, BPF_F_NO_PREALLOC, struct OF_FAMILY(frontend_key), struct frontend);
MAP(OF_FAMILY(ports), BPF_MAP_TYPE_HASH, 131072, BPF_F_NO_PREALLOC, __u32, struct port);
MAP(OF_FAMILY(slots), BPF_MAP_TYPE_HASH, 524288, BPF_F_NO_PREALLOC, struct slot_key, struct OF_FAMILY(endpoint));
MAP(OF_FAMILY(tcp_sessions), BPF_MAP_TYPE_LRU_HASH, 32768, 0, struct OF_FAMILY(session_key), struct OF_FAMILY(session));
MAP(OF_FAMILY(udp_sessions), BPF_MAP_TYPE_LRU_HASH, 16384, 0, struct OF_FAMILY(session_key), struct OF_FAMILY(session));
// Where a socket that is not connected sends datagrams for a frontend: the key has the frontend.
MAP(OF_FAMILY(flows), BPF_MAP_TYPE_LRU_HASH, 16384, 0, struct OF_FAMILY(session_key), struct OF_FAMILY(choice));
MAP(OF_FAMILY(clients), BPF_MAP_TYPE_LRU_HASH, 16384, 0, struct client_key, struct OF_FAMILY(choice));
MAP(OF_FAMILY(totals), BPF_MAP_TYPE_PERCPU_ARRAY, TOTALS, 0, __u32, __u64);

static __always_inline int OF_FAMILY(is_same)(
    const struct OF_FAMILY(endpoint) * left, const struct OF_FAMILY(endpoint) * right
) {
    __u32 difference = (left->address[0] ^ right->address[0]) | (left->port ^ right->port);
#if WORDS == 4
    difference |= (left->address[1] ^ right->address[1]) | (left->address[2] ^ right->address[2])
        | (left->address[3] ^ right->address[3]);
#endif
    return !difference;
}

static __always_inline void OF_FAMILY(count)(__u32 total) {
    __u64 *counter = bpf_map_lookup_elem(&OF_FAMILY(totals), &total);
    if (counter) *counter += 1;
}

static __always_inline void OF_FAMILY(remember)(
    struct bpf_sock_addr *context, void *sessions, const struct OF_FAMILY(endpoint) * endpoint,
    const struct OF_FAMILY(endpoint) * frontend, __u64 namespace
) {
    struct OF_FAMILY(session_key) key = {.socket = bpf_get_socket_cookie(context), .endpoint = *endpoint};
    struct OF_FAMILY(session) session = {.frontend = *frontend, .namespace = namespace};
    bpf_map_update_elem(sessions, &key, &session, BPF_ANY);
}

// The endpoint that a client of a port with affinity had; nil if its slot has another one. An endpoint keeps its slots as
// long as it is in the list.
static __always_inline struct OF_FAMILY(endpoint) * OF_FAMILY(affine)(
    const struct client_key *client, struct port *port, __u32 list, __u64 now
) {
    struct OF_FAMILY(choice) *choice = bpf_map_lookup_elem(&OF_FAMILY(clients), client);
    if (!choice || now - choice->seen > (__u64)port->affinity * 1000000000ULL) return 0;
    struct slot_key key = {.list = list, .slot = choice->slot};
    struct OF_FAMILY(endpoint) *endpoint = bpf_map_lookup_elem(&OF_FAMILY(slots), &key);
    if (!endpoint || !OF_FAMILY(is_same)(endpoint, &choice->endpoint)) return 0;
    choice->seen = now;
    return endpoint;
}

// Leads `peer` to an endpoint; 0: it is not for this program.
static __always_inline int OF_FAMILY(translate)(
    struct bpf_sock_addr *context, struct OF_FAMILY(endpoint) * peer, __u8 protocol, int connects
) {
    if (!protocol) return 0;
    struct OF_FAMILY(frontend_key) key = {.port = peer->port, .protocol = protocol};
    __builtin_memcpy(key.address, peer->address, sizeof key.address);
    struct frontend *frontend = bpf_map_lookup_elem(&OF_FAMILY(frontends), &key);
    if (!frontend) return 0;
    __u64 namespace = bpf_get_netns_cookie(context);
    __u64 node = node_cookie();
    if (!node || ((frontend->flags & ONLY_NODE) && namespace != node)) return 0;
    __u32 number = frontend->port;
    __u32 local = frontend->list & 1;
    struct port *port = bpf_map_lookup_elem(&OF_FAMILY(ports), &number);
    if (!port) return 0;
    __u32 list = local ? port->list[1] : port->list[0];
    __u32 count = local ? port->count[1] : port->count[0];
    if (!count) return 0;

    struct OF_FAMILY(endpoint) chosen;
    struct OF_FAMILY(endpoint) asked = *peer;
    struct OF_FAMILY(session_key) flow = {};
    __u64 now = 0;
    if (!connects) {
        // A flow stays with its endpoint; the proxy removes those to endpoints that are gone.
        now = bpf_ktime_get_ns();
        flow.socket = bpf_get_socket_cookie(context);
        flow.endpoint = asked;
        struct OF_FAMILY(choice) *known = bpf_map_lookup_elem(&OF_FAMILY(flows), &flow);
        if (known && now - known->seen < IDLE_FLOW) {
            known->seen = now;
            chosen = known->endpoint;
            OF_FAMILY(remember)(context, &OF_FAMILY(udp_sessions), &chosen, &asked, namespace);
            OF_FAMILY(count)(SENT_DATAGRAMS);
            *peer = chosen;
            return 1;
        }
    }
    struct client_key client = {.namespace = namespace, .port = number, .list = local};
    struct OF_FAMILY(endpoint) *endpoint = 0;
    if (port->affinity) {
        if (!now) now = bpf_ktime_get_ns();
        endpoint = OF_FAMILY(affine)(&client, port, list, now);
    }
    if (endpoint) {
        chosen = *endpoint;
    } else {
        struct slot_key slot = {.list = list, .slot = bpf_get_prandom_u32() % count};
        endpoint = bpf_map_lookup_elem(&OF_FAMILY(slots), &slot);
        if (!endpoint) return 0;
        chosen = *endpoint;
        if (port->affinity) {
            struct OF_FAMILY(choice) choice = {.endpoint = chosen, .slot = slot.slot, .seen = now};
            bpf_map_update_elem(&OF_FAMILY(clients), &client, &choice, BPF_ANY);
        }
    }
    if (!connects) {
        struct OF_FAMILY(choice) choice = {.endpoint = chosen, .seen = now};
        bpf_map_update_elem(&OF_FAMILY(flows), &flow, &choice, BPF_ANY);
    }
    if (protocol == IPPROTO_TCP) {
        OF_FAMILY(remember)(context, &OF_FAMILY(tcp_sessions), &chosen, &asked, namespace);
        OF_FAMILY(count)(CONNECTED_TCP);
    } else {
        OF_FAMILY(remember)(context, &OF_FAMILY(udp_sessions), &chosen, &asked, namespace);
        OF_FAMILY(count)(connects ? CONNECTED_UDP : SENT_DATAGRAMS);
    }
    __sync_fetch_and_add(&port->translated, 1);
    *peer = chosen;
    return 1;
}

// Has the program see what it asked for instead of the endpoint; 0: it asked for that very address.
static __always_inline int OF_FAMILY(restore)(
    struct bpf_sock_addr *context, struct OF_FAMILY(endpoint) * peer, __u8 protocol
) {
    if (!protocol) return 0;
    struct OF_FAMILY(session_key) key = {.socket = bpf_get_socket_cookie(context), .endpoint = *peer};
    struct OF_FAMILY(session) *session = protocol == IPPROTO_TCP
        ? bpf_map_lookup_elem(&OF_FAMILY(tcp_sessions), &key)
        : bpf_map_lookup_elem(&OF_FAMILY(udp_sessions), &key);
    if (!session) return 0;
    *peer = session->frontend;
    return 1;
}

#undef MAP
#undef OF_FAMILY
#undef EXPANDED
#undef JOINED
