import JSONStream
import KubeAPI
public import KubeClient
public import Logging
public import NetworkAddress
import Synchronization

/// Has the addresses of load balancers answer on the links of this node's host: of the nodes that do this, one announces
/// each address, by ARP and by neighbour advertisements.
///
/// Who lives is told by a Lease that each node renews every 0.4 s; who of them announces an address follows from that
/// (``AnnouncementElection``). While nobody reaches the API server nothing changes. A node that alone does not reach it goes
/// on until it hears another one announce the address.
public struct AddressAnnouncer: Sendable {
    /// Of the Leases, which are in kube-node-lease.
    static let label = "viaduct.io/announcer"
    private static let excluded = "node.kubernetes.io/exclude-from-external-load-balancers"
    private static let namespace = "kube-node-lease"
    private static let period = Duration.milliseconds(400)
    /// How long new addresses are announced each period: a switch may miss one.
    private static let insistence = Duration.seconds(5)
    private static let reminder = Duration.seconds(60)
    /// Between two answers to somebody else's claim.
    private static let defence = Duration.seconds(1)

    private let client: KubeClient
    private let nodeName: String
    private let responder: NeighborResponder
    private let informers: SharedInformers
    private let services: Informer<Service>
    private let slices: Informer<AnnouncedSlice>
    private let nodes: Informer<Node>
    private let clock: RetryClock
    private let logger: Logger
    private let state = State()

    private final class State: Sendable {
        struct Value {
            var live = LiveAnnouncers()
            /// Given up to others while the API server is not reached.
            var yielded: Set<IPAddress> = []
            var owned: Set<IPAddress> = []
            var announcesUntil = Duration.zero
            var announcedAt = Duration.zero
            var defendedAt = Duration.zero
        }

        let value = Mutex(Value())
    }

    /// - Parameter addresses: the node's own: an address that lies in no network of the host is announced where these are.
    public init(
        client: KubeClient, nodeName: String, addresses: [IPAddress], clock: RetryClock = .system, logger: Logger
    ) {
        self.client = client
        self.nodeName = nodeName
        self.clock = clock
        self.logger = logger
        responder = NeighborResponder(nodeAddresses: addresses, logger: logger)
        informers = SharedInformers(client: client, clock: clock, logger: logger)
        services = informers.informer(Service.self)
        slices = informers.informer(AnnouncedSlice.self)
        nodes = Informer(
            Node.self, client: client, selector: ObjectSelector(fields: "metadata.name=\(nodeName)"), clock: clock,
            logger: logger)
        informers.add(nodes)
    }

    /// Works until the task is cancelled; then others take over at once.
    public func run() async {
        await informers.run {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await elect() }
                group.addTask { await answer() }
            }
        }
        await leave()
    }

    // MARK: Who announces

    private func elect() async {
        while !Task.isCancelled {
            await renew()
            await decide()
            guard (try? await clock.sleep(Self.period)) != nil else { return }
        }
    }

    /// Whether this node takes part.
    private var isCandidate: Bool {
        guard let node = nodes.cache[ObjectKey(namespace: "", name: nodeName)] else { return false }
        return node.metadata.labels[Self.excluded] == nil && !node.metadata.isBeingDeleted
            && node.conditions.first { $0.type == "Ready" }?.isTrue == true
    }

    private var leaseName: String { "\(Self.prefix)\(nodeName)" }
    private static let prefix = "announcer."

    private func renew() async {
        do {
            if isCandidate { try await renewLease() } else { await removeLease() }
            let page = try await client.list(Lease.self, ObjectSelector(namespace: Self.namespace, labels: Self.label))
            let versions = Dictionary(
                page.items.map { ($0.holder, $0.metadata.resourceVersion) }, uniquingKeysWith: { first, _ in first })
            let now = clock.now()
            state.value.withLock { value in
                value.live.look(versions, now: now)
                value.yielded = []
            }
        } catch {
            logger.debug("announcers cannot be looked at", metadata: ["error": "\(error)"])
        }
    }

    private func renewLease() async throws {
        let spec: JSONValue = [
            "holderIdentity": .string(nodeName), "leaseDurationSeconds": 2,
            "renewTime": .string(Timestamp.now().text(microseconds: true)),
        ]
        do throws(APIError) {
            let patch: JSONValue = ["spec": spec]
            _ = try await client.patch(
                Lease.self, ObjectKey(namespace: Self.namespace, name: leaseName), .merge, patch.serialized())
        } catch {
            guard error.isNotFound else { throw error }
            let lease: JSONValue = [
                "apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
                "metadata": [
                    "name": .string(leaseName), "namespace": .string(Self.namespace), "labels": [Self.label: ""],
                ], "spec": spec,
            ]
            _ = try await client.create(Lease.self, namespace: Self.namespace, lease.serialized())
        }
    }

    private func removeLease() async {
        try? await client.delete(Lease.self, ObjectKey(namespace: Self.namespace, name: leaseName))
    }

    private func decide() async {
        let now = clock.now()
        let addresses = AnnouncedAddresses.addresses(services.cache.all, localNodes: localNodes())
        let (owned, added, isDue) = state.value.withLock { value in
            let own = AnnouncedAddresses.own(addresses, live: value.live.nodes(now: now), node: nodeName)
                .subtracting(value.yielded)
            let added = own.subtracting(value.owned)
            if !added.isEmpty { value.announcesUntil = now + Self.insistence }
            value.owned = own
            let isDue = now < value.announcesUntil || now - value.announcedAt > Self.reminder
            if isDue { value.announcedAt = now }
            return (own, added, isDue)
        }
        if !added.isEmpty {
            let list = added.map(\.description).sorted().joined(separator: ", ")
            logger.info("this node announces addresses of load balancers", metadata: ["addresses": "\(list)"])
        }
        await responder.own(owned)
        if isDue { await responder.announceAll() }
    }

    /// Nodes with ready endpoints, of the Services that want no others.
    private func localNodes() -> [ObjectKey: Set<String>] {
        guard services.cache.all.contains(where: { $0.spec.externalTrafficPolicy == "Local" }) else { return [:] }
        return slices.cache.all.reduce(into: [:]) { $0[$1.service, default: []].formUnion($1.nodes) }
    }

    // MARK: Answers

    private func answer() async {
        while !Task.isCancelled {
            let claimed = await responder.listen()
            if !claimed.isEmpty { await settle(claimed) }
        }
    }

    /// Two think that an address is theirs: who knows the Leases is right.
    private func settle(_ claimed: Set<IPAddress>) async {
        let now = clock.now()
        let (owned, defends) = state.value.withLock { value in
            if value.live.isStale(now: now) {
                value.yielded.formUnion(claimed)
                value.owned.subtract(claimed)
                return (value.owned, false)
            }
            let defends = now - value.defendedAt > Self.defence
            if defends { value.defendedAt = now }
            return (value.owned, defends)
        }
        await responder.own(owned)
        if defends { await responder.announceAll() }
    }

    private func leave() async {
        await responder.own([])
        // The task is cancelled, and its requests would be.
        let (client, name) = (client, leaseName)
        await Task.detached {
            try? await client.delete(Lease.self, ObjectKey(namespace: Self.namespace, name: name))
        }.value
    }
}
