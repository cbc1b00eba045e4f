public import NetworkAddress

/// The configuration of the userspace backend of one family.
public struct UserspaceConfiguration: Hashable, Sendable {
    /// What is served.
    public enum Scope: Hashable, Sendable {
        /// All frontends of Services.
        case everything
        /// Node ports on the loopback address, beside a backend that cannot serve them there; nothing in the kernel is
        /// changed.
        case localhostNodePorts
    }

    public var family: IPFamily
    public var scope = Scope.everything
    /// A UDP client without packets in either direction for this long is dropped with its socket.
    public var udpIdleTimeout: Duration
    /// The maximum number of UDP clients; beyond it, the client that was silent longest is dropped. Each costs a
    /// socket.
    public var maximumFlows: Int
    /// Event loops; nil: one for each core.
    public var threads: Int?
    /// The number of files that this process may have open; nil: its limit.
    public var files: Int?

    public init(
        family: IPFamily, udpIdleTimeout: Duration = .seconds(30), maximumFlows: Int = 16384, threads: Int? = nil,
        files: Int? = nil
    ) {
        self.family = family
        self.udpIdleTimeout = udpIdleTimeout
        self.maximumFlows = maximumFlows
        self.threads = threads
        self.files = files
    }
}
