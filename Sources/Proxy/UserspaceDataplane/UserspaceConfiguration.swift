public import NetworkAddress

/// How the userspace backend of one family works.
public struct UserspaceConfiguration: Hashable, Sendable {
    /// What is served.
    public enum Scope: Hashable, Sendable {
        /// All frontends of Services.
        case everything
        /// Node ports on the loopback address, beside a backend that cannot serve them there: neither addresses nor
        /// anything else of the kernel is changed.
        case localhostNodePorts
    }

    public var family: IPFamily
    public var scope = Scope.everything
    /// A UDP client that was silent for this long, and got no answers, is forgotten with its socket.
    public var udpIdleTimeout: Duration
    /// UDP clients remembered at a time; the one that was silent longest has to go beyond. Each costs a socket.
    public var maximumFlows: Int
    /// Event loops; nil: one for each core.
    public var threads: Int?
    /// Files that this process may have open; nil: as many as it is allowed to.
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
