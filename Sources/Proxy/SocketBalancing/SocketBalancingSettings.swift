/// How sockets' connections are translated, where that is wanted at all.
public struct SocketBalancingSettings: Hashable, Sendable {
    public var isEnabled = false
    /// Whether to go on with packet rules alone where the kernel lacks something.
    public var fallsBack = false
    /// Whether only sockets in the proxy's own network namespace are translated: pods have proxies of their own that go by
    /// the addresses of Services.
    public var isOnlyNode = false
    /// The control group (v2) whose processes' sockets are translated; empty: all of this host.
    public var cgroup = ""

    public init() {}
}
