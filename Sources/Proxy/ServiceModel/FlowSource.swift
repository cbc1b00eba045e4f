public import NetworkAddress

/// The changes of connections since the last reading.
public struct FlowBatch: Hashable, Sendable {
    /// The maximum number of paths in one batch; further ones only set ``hasLost``.
    public static let maximumPaths = 65_536

    /// New connections.
    public var new: [FlowPath: Int] = [:]
    /// Bytes of connections that ended, if they are counted.
    public var ended: [FlowPath: FlowCounts] = [:]
    /// Whether some connections were not counted.
    public var hasLost = false
    /// Messages from the kernel, and the calls that read them, including calls that found none.
    public var messages = 0
    public var calls = 0

    public init() {}

    public var isEmpty: Bool { new.isEmpty && ended.isEmpty && !hasLost }

    public mutating func began(_ path: FlowPath) { add(1, path) }

    public mutating func add(_ count: Int, _ path: FlowPath) {
        guard new.count < Self.maximumPaths || new[path] != nil else { return hasLost = true }
        new[path, default: 0] += count
    }

    public mutating func ended(_ path: FlowPath, _ counts: FlowCounts) {
        guard ended.count < Self.maximumPaths || ended[path] != nil else { return }
        ended[path, default: FlowCounts()].add(counts)
    }
}

/// Something that became known of a connection to an endpoint.
public struct AnswerEvent: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case began
        case answered
        /// It is known that nobody answers.
        case failed
        case ended
    }

    /// What tells it from others of its protocol.
    public struct Connection: Hashable, Sendable {
        public var client: EndpointAddress
        public var destination: EndpointAddress

        public init(client: EndpointAddress, destination: EndpointAddress) {
            self.client = client
            self.destination = destination
        }
    }

    public var kind: Kind
    public var connection: Connection
    public var transport: TransportProtocol
    public var endpoint: EndpointAddress

    public init(kind: Kind, connection: Connection, transport: TransportProtocol, endpoint: EndpointAddress) {
        self.kind = kind
        self.connection = connection
        self.transport = transport
        self.endpoint = endpoint
    }
}

/// A source of events that tell whether new connections are answered.
public protocol AnswerSource: Sendable {
    /// The events since the last call, in order. Does not wait.
    func readAnswers() -> [AnswerEvent]
    /// Reports at least the events of connections to these frontends from now on, so that others need not cost anything.
    func watch(_ frontends: Set<FrontendKey>)
}

extension AnswerSource {
    public func watch(_ frontends: Set<FrontendKey>) {}
}

/// A source of connections to endpoints: connection tracking, or our relay.
public protocol FlowSource: Sendable {
    /// The changes since the last call. Does not wait.
    func read() -> FlowBatch

    /// All existing connections, by path.
    func live(_ family: IPFamily) async throws -> [FlowPath: FlowCounts]

    /// Whether connection tracking has these connections as well, as connections to the endpoints themselves.
    var isTracked: Bool { get }
}

extension FlowSource {
    public var isTracked: Bool { false }
}
