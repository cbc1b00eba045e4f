public import Dataplane
import ProxyConfiguration
import ProxyServer

/// What is measured, and how thoroughly.
public struct BenchOptions: Sendable {
    public var modes: [Subject]
    /// Numbers of services, each within ``Workload/serviceRange``.
    public var services: [Int]
    public var endpoints: Int
    /// 1 or more. Everything is made anew in each.
    public var rounds: Int
    /// New connections to each position in a round, for each protocol.
    public var connections: Int
    /// Endpoint changes in a round.
    public var changes: Int
    /// For throughput and for requests a second, in each round.
    public var throughputTime: Duration
    /// Beside ours, where they are installed.
    public var tools: [ReferenceTool]
    /// Compared with what is ours, each with the same content; none: no such table.
    public var ways: [KernelWay]
    /// For one load by a tool or kube-proxy. What would probably take longer is not tried.
    public var referenceLimit: Duration
    /// A kube-proxy binary to run beside ours; then `viaduct proxy` runs the same way.
    public var kubeProxy: String?
    /// How this executable becomes a ``NodeAgent`` for a mode and a workload, and the control group whose sockets it balances.
    public var agent: @Sendable (Backend, Workload, _ group: String?) -> AgentCommand
    /// How it becomes a ``WayAgent`` for a way and a workload, with the limit of one load.
    public var wayAgent: @Sendable (KernelWay, Workload, Duration) -> AgentCommand
    /// How it becomes an ``ObjectServer``.
    public var objectServer: @Sendable (Workload) -> AgentCommand
    /// How it becomes a proxy; `--config FILE` is added.
    public var ownProxy: AgentCommand
    /// The command that makes the report again.
    public var command: String

    /// One that takes minutes.
    public static let fullServices = [10, 100, 1000, 10_000, 30_000]
    /// One that takes about a minute.
    public static let quickServices = [10, 100, 1000]

    public init(
        isQuick: Bool, command: String, ownProxy: AgentCommand,
        agent: @escaping @Sendable (Backend, Workload, _ group: String?) -> AgentCommand,
        wayAgent: @escaping @Sendable (KernelWay, Workload, Duration) -> AgentCommand,
        objectServer: @escaping @Sendable (Workload) -> AgentCommand
    ) {
        modes = Backend.allCases.map(Subject.mode) + Subject.socketModes.prefix(1)
        services = isQuick ? Self.quickServices : Self.fullServices
        endpoints = 5
        rounds = isQuick ? 3 : 5
        connections = isQuick ? 100 : 300
        changes = isQuick ? 4 : 10
        throughputTime = isQuick ? .milliseconds(100) : .milliseconds(400)
        tools = ReferenceTool.allCases
        ways = KernelWay.allCases
        referenceLimit = isQuick ? .seconds(10) : .seconds(120)
        self.agent = agent
        self.wayAgent = wayAgent
        self.objectServer = objectServer
        self.ownProxy = ownProxy
        self.command = command
    }
}
