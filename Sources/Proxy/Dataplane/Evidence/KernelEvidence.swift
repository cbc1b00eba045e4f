public import NetworkAddress
public import ServiceModel

/// A question about the kernel's state for connections of a client to an address and port.
public struct KernelQuestion: Sendable {
    public var family: IPFamily
    /// All Service ports of the family.
    public var states: ServicePortStates
    public var node: NodeFacts
    /// The connection's destination; for a node port, an address of the node.
    public var destination: EndpointAddress
    public var transport: TransportProtocol
    /// Nil: any client.
    public var client: IPAddress?
    /// Nil if unknown.
    public var origin: Origin?
    /// The Service port and its frontend; nil if the destination is not a Service's.
    public var target: Target?
    /// This host's own addresses, without those that exist for Services.
    public var localAddresses: [IPAddress]

    public struct Target: Sendable {
        public var state: ServicePortState
        public var frontend: Frontend

        public init(state: ServicePortState, frontend: Frontend) {
            self.state = state
            self.frontend = frontend
        }
    }

    public init(
        family: IPFamily, states: ServicePortStates, node: NodeFacts, destination: EndpointAddress,
        transport: TransportProtocol, client: IPAddress? = nil, origin: Origin? = nil, target: Target? = nil,
        localAddresses: [IPAddress] = []
    ) {
        self.family = family
        self.states = states
        self.node = node
        self.destination = destination
        self.transport = transport
        self.client = client
        self.origin = origin
        self.target = target
        self.localAddresses = localAddresses
    }

    /// The key that the destination has, or would have, as a frontend.
    public var key: FrontendKey { target?.frontend.key ?? FrontendKey(destination.ip, destination.port, transport) }
}

/// An object in the kernel that connections depend on: its desired state, and its state when read.
public struct KernelObject: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable {
        case table, chain, rule, element, virtualServer, destination, address, socket, setting
    }

    public enum State: Hashable, Sendable {
        case asWanted
        case missing
        /// It exists and should not.
        case unwanted
        /// It differs; says how.
        case different(String)
    }

    public var kind: Kind
    /// Its container, as the kernel's own tools name it: `table ip viaduct`, `nat`, `IPVS`.
    public var place: String
    /// The object as it should be.
    public var text: String
    public var state: State

    public init(_ kind: Kind, in place: String, _ text: String, _ state: State = .asWanted) {
        self.kind = kind
        self.place = place
        self.text = text
        self.state = state
    }
}

/// The endpoint to which session affinity binds a client.
public struct AffinitySlot: Hashable, Sendable {
    /// Nil if the remembered endpoint no longer exists; the client then gets a new one.
    public var endpoint: EndpointAddress?
    /// Seconds until it expires without a new connection; nil if unknown.
    public var secondsLeft: Double?
    /// Where the kernel stores it.
    public var place: String

    public init(endpoint: EndpointAddress?, secondsLeft: Double?, place: String) {
        self.endpoint = endpoint
        self.secondsLeft = secondsLeft
        self.place = place
    }
}

/// Names a rule of nf_tables.
public struct KernelRule: Hashable, Sendable {
    public var table: String
    public var chain: String
    public var handle: UInt64

    public init(table: String, chain: String, handle: UInt64) {
        self.table = table
        self.chain = chain
        self.handle = handle
    }
}

/// What a backend found in the kernel, compared with the desired state. It reads by other means than it writes.
public struct KernelEvidence: Sendable {
    /// In the order in which packets meet them.
    public var objects: [KernelObject] = []
    public var affinity: AffinitySlot?
    /// Our rules that were found, by table, chain and handle.
    public var rules: [KernelRule: String] = [:]
    /// What could not be read, and why.
    public var gaps: [(what: String, why: String)] = []

    public init() {}

    public mutating func note(
        _ kind: KernelObject.Kind, in place: String, _ text: String, _ state: KernelObject.State = .asWanted
    ) {
        objects.append(KernelObject(kind, in: place, text, state))
    }

    /// The objects that differ from the desired state.
    public var differences: [KernelObject] { objects.filter { $0.state != .asWanted } }
}
