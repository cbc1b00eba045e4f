// The maps of one IP family, and the translation by them. Included once for each: FAMILY is 4 or 6, WORDS the number of 32-bit
// words in an address. Addresses and ports are in network order.
#define JOINED(name, family) name##family
#define EXPANDED(name, family) JOINED(name, family)
#define OF_FAMILY(name) EXPANDED(name, FAMILY)

struct OF_FAMILY(endpoint) {
    __u32 address[WORDS];
    __u16 port;
    // In what a program asked for: the protocol. 0 in keys, which are compared as a whole.
    __u16 protocol;
};

struct OF_FAMILY(slot) {
    struct OF_FAMILY(endpoint) endpoint;
    // How often it was chosen since it holds this endpoint.
    __u32 used;
};

struct OF_FAMILY(frontend_key) {
    __u32 address[WORDS];
    __u16 port;
    __u16 protocol;
};

// What a socket without a peer was led to, and what its program asked for. Keys have no padding that the verifier could
// object to.
struct OF_FAMILY(session_key) {
    __u64 socket;
    struct OF_FAMILY(endpoint) endpoint;
#if WORDS == 4
    __u32 unused;
#endif
};

struct OF_FAMILY(session) {
    // With the protocol.
    struct OF_FAMILY(endpoint) frontend;
#if WORDS == 4
    __u32 unused;
#endif
    __u64 namespace;
};

// A connected socket. `socket` is 0 where there is none, and TAKEN while somebody writes the rest.
struct OF_FAMILY(connection) {
    __u64 socket;
    __u64 namespace;
    struct OF_FAMILY(endpoint) endpoint;
    struct OF_FAMILY(endpoint) frontend;
};

// Sockets are numbered one after the other: the number says in which of these one is.
struct OF_FAMILY(connection_set) {
    struct OF_FAMILY(connection) ways[WAYS];
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

// A hash table that can be exchanged for a larger one at once: the proxy makes it as large as it has to be.
#define GROWING_MAP(name, key_type, value_type) \
    struct { \
        __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS); \
        __uint(max_entries, 1); \
        __type(key, __u32); \
        __array(values, struct { \
            __uint(type, BPF_MAP_TYPE_HASH); \
            __uint(max_entries, 1); \
            __uint(map_flags, BPF_F_NO_PREALLOC); \
            __uint(key_size, sizeof(key_type)); \
            __uint(value_size, sizeof(value_type)); \
        }); \
    } name SEC(".maps")

GROWING_MAP(OF_FAMILY(frontends), struct OF_FAMILY(frontend_key), struct frontend);
GROWING_MAP(OF_FAMILY(ports), __u32, struct port);
GROWING_MAP(OF_FAMILY(slots), struct slot_key, struct OF_FAMILY(slot));
// Writing to an LRU map takes longer than all the rest of a translation, and its elements stay when sockets are gone.
MAP(OF_FAMILY(connections), BPF_MAP_TYPE_ARRAY, SETS, 0, __u32, struct OF_FAMILY(connection_set));
MAP(OF_FAMILY(sessions), BPF_MAP_TYPE_LRU_HASH, 16384, 0, struct OF_FAMILY(session_key), struct OF_FAMILY(session));
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

static __always_inline void OF_FAMILY(keep)(
    __u64 socket, const struct OF_FAMILY(endpoint) * endpoint, const struct OF_FAMILY(endpoint) * frontend,
    __u64 namespace
) {
    struct OF_FAMILY(session_key) key = {.socket = socket, .endpoint = *endpoint};
    struct OF_FAMILY(session) session = {.frontend = *frontend, .namespace = namespace};
    struct OF_FAMILY(session) *known = bpf_map_lookup_elem(&OF_FAMILY(sessions), &key);
    if (known && OF_FAMILY(is_same)(&known->frontend, frontend)) return;
    bpf_map_update_elem(&OF_FAMILY(sessions), &key, &session, BPF_ANY);
}

static __always_inline struct OF_FAMILY(connection_set) * OF_FAMILY(set_of)(__u64 socket) {
    __u32 index = socket % SETS;
    return bpf_map_lookup_elem(&OF_FAMILY(connections), &index);
}

// Where the connections of a socket are kept: its own place, or a free one, or that of the oldest, which goes to those of
// sockets without a peer.
static __always_inline void OF_FAMILY(connect_to)(
    __u64 socket, const struct OF_FAMILY(endpoint) * endpoint, const struct OF_FAMILY(endpoint) * frontend,
    __u64 namespace
) {
    struct OF_FAMILY(connection_set) *set = OF_FAMILY(set_of)(socket);
    if (!set) return;
    struct OF_FAMILY(connection) *place = &set->ways[0];
    __u64 lowest = TAKEN;
#pragma unroll
    for (int way = 0; way < WAYS; way++) {
        struct OF_FAMILY(connection) *other = &set->ways[way];
        __u64 number = *(volatile __u64 *)&other->socket;
        if (number == TAKEN) continue;
        __u64 rank = number == socket ? 0 : number + 1;
        if (rank < lowest) {
            place = other;
            lowest = rank;
        }
    }
    __u64 oldest = *(volatile __u64 *)&place->socket;
    if (oldest == TAKEN || __sync_val_compare_and_swap(&place->socket, oldest, TAKEN) != oldest) {
        OF_FAMILY(keep)(socket, endpoint, frontend, namespace);
        return;
    }
    if (oldest && oldest != socket) {
        struct OF_FAMILY(endpoint) old_endpoint = place->endpoint;
        struct OF_FAMILY(endpoint) old_frontend = place->frontend;
        OF_FAMILY(keep)(oldest, &old_endpoint, &old_frontend, place->namespace);
    }
    place->namespace = namespace;
    place->endpoint = *endpoint;
    place->frontend = *frontend;
    __sync_lock_test_and_set(&place->socket, socket);
}

static __always_inline void OF_FAMILY(free_place)(__u64 socket) {
    struct OF_FAMILY(connection_set) *set = OF_FAMILY(set_of)(socket);
    if (!set) return;
#pragma unroll
    for (int way = 0; way < WAYS; way++) {
        __u64 *number = &set->ways[way].socket;
        if (*(volatile __u64 *)number == socket) __sync_val_compare_and_swap(number, socket, 0);
    }
}

// The slot that a client of a port with affinity had; nil if it has another endpoint. An endpoint keeps its slots as long as
// it is in the list.
static __always_inline struct OF_FAMILY(slot) * OF_FAMILY(affine)(
    void *slots, const struct client_key *client, struct port *port, __u32 list, __u64 now
) {
    struct OF_FAMILY(choice) *choice = bpf_map_lookup_elem(&OF_FAMILY(clients), client);
    if (!choice || now - choice->seen > (__u64)port->affinity * 1000000000ULL) return 0;
    struct slot_key key = {.list = list, .slot = choice->slot};
    struct OF_FAMILY(slot) *slot = bpf_map_lookup_elem(slots, &key);
    if (!slot || !OF_FAMILY(is_same)(&slot->endpoint, &choice->endpoint)) return 0;
    choice->seen = now;
    return slot;
}

// Leads `peer` to an endpoint; 0: it is not for this program.
static __always_inline int OF_FAMILY(translate)(
    struct bpf_sock_addr *context, struct OF_FAMILY(endpoint) * peer, __u8 protocol, int connects
) {
    if (!protocol) return 0;
    struct OF_FAMILY(frontend_key) key = {.port = peer->port, .protocol = protocol};
    __builtin_memcpy(key.address, peer->address, sizeof key.address);
    void *frontends = table_of(&OF_FAMILY(frontends));
    struct frontend *frontend = frontends ? bpf_map_lookup_elem(frontends, &key) : 0;
    if (!frontend) return 0;
    __u64 namespace = bpf_get_netns_cookie(context);
    __u64 node = node_cookie();
    if (!node || ((frontend->flags & ONLY_NODE) && namespace != node)) return 0;
    __u32 number = frontend->port;
    __u32 local = frontend->list & 1;
    void *ports = table_of(&OF_FAMILY(ports));
    void *slots = table_of(&OF_FAMILY(slots));
    if (!ports || !slots) return 0;
    struct port *port = bpf_map_lookup_elem(ports, &number);
    if (!port) return 0;
    __u32 list = local ? port->list[1] : port->list[0];
    __u32 count = local ? port->count[1] : port->count[0];
    if (!count) return 0;

    struct OF_FAMILY(endpoint) chosen;
    struct OF_FAMILY(endpoint) asked = *peer;
    asked.protocol = protocol;
    struct OF_FAMILY(session_key) flow = {};
    __u64 now = 0;
    if (!connects) {
        // A flow stays with its endpoint; the proxy removes those to endpoints that are gone.
        now = bpf_ktime_get_ns();
        flow.socket = bpf_get_socket_cookie(context);
        flow.endpoint = *peer;
        struct OF_FAMILY(choice) *known = bpf_map_lookup_elem(&OF_FAMILY(flows), &flow);
        if (known && now - known->seen < IDLE_FLOW) {
            known->seen = now;
            chosen = known->endpoint;
            OF_FAMILY(keep)(flow.socket, &chosen, &asked, namespace);
            OF_FAMILY(count)(SENT_DATAGRAMS);
            *peer = chosen;
            return 1;
        }
    }
    struct client_key client = {.namespace = namespace, .port = number, .list = local};
    struct OF_FAMILY(slot) *slot = 0;
    if (port->affinity) {
        if (!now) now = bpf_ktime_get_ns();
        slot = OF_FAMILY(affine)(slots, &client, port, list, now);
    }
    int is_known = slot != 0;
    struct slot_key slot_key = {.list = list};
    if (!slot) {
        slot_key.slot = bpf_get_prandom_u32() % count;
        slot = bpf_map_lookup_elem(slots, &slot_key);
        if (!slot) return 0;
    }
    chosen = slot->endpoint;
    __sync_fetch_and_add(&slot->used, 1);
    if (port->affinity && !is_known) {
        struct OF_FAMILY(choice) choice = {.endpoint = chosen, .slot = slot_key.slot, .seen = now};
        bpf_map_update_elem(&OF_FAMILY(clients), &client, &choice, BPF_ANY);
    }
    if (!connects) {
        struct OF_FAMILY(choice) choice = {.endpoint = chosen, .seen = now};
        bpf_map_update_elem(&OF_FAMILY(flows), &flow, &choice, BPF_ANY);
    }
    if (connects) {
        OF_FAMILY(connect_to)(bpf_get_socket_cookie(context), &chosen, &asked, namespace);
        OF_FAMILY(count)(protocol == IPPROTO_TCP ? CONNECTED_TCP : CONNECTED_UDP);
    } else {
        OF_FAMILY(keep)(flow.socket, &chosen, &asked, namespace);
        OF_FAMILY(count)(SENT_DATAGRAMS);
    }
    __sync_fetch_and_add(&port->translated, 1);
    *peer = chosen;
    return 1;
}

// Has the program see what it asked for instead of the endpoint; 0: it asked for that very address.
static __always_inline int OF_FAMILY(restore)(struct bpf_sock_addr *context, struct OF_FAMILY(endpoint) * peer) {
    __u64 socket = bpf_get_socket_cookie(context);
    struct OF_FAMILY(connection_set) *set = OF_FAMILY(set_of)(socket);
    if (!set) return 0;
#pragma unroll
    for (int way = 0; way < WAYS; way++) {
        struct OF_FAMILY(connection) *connection = &set->ways[way];
        if (connection->socket == socket && OF_FAMILY(is_same)(&connection->endpoint, peer)) {
            *peer = connection->frontend;
            return 1;
        }
    }
    struct OF_FAMILY(session_key) key = {.socket = socket, .endpoint = *peer};
    struct OF_FAMILY(session) *session = bpf_map_lookup_elem(&OF_FAMILY(sessions), &key);
    if (!session) return 0;
    *peer = session->frontend;
    return 1;
}

#undef MAP
#undef GROWING_MAP
#undef OF_FAMILY
#undef EXPANDED
#undef JOINED
