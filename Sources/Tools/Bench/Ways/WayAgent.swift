import NetworkAddress
import ProxyConfiguration
import ProxyServer
import ServiceModel

/// The process that goes one way into the kernel, in a network namespace of its own.
public struct WayAgent {
    private let way: KernelWay
    private let limit: Duration
    private var model: WorkloadModel
    private var session: (any WaySession)?

    /// - Parameter limit: for one load by a program.
    public init(way: KernelWay, workload: Workload, limit: Duration) {
        self.way = way
        self.limit = limit
        var settings = ProxySettings()
        settings.detectLocal = .clusterCIDR([WorldAddresses.podNetwork].compactMap { $0 })
        settings.mode = way.interface.mode
        model = WorkloadModel(workload, settings)
    }

    public func run() async {
        var agent = self
        await AgentLoop.run { try agent.answer($0) }
    }

    private mutating func answer(_ request: NodeRequest) throws -> NodeReply {
        switch request.operation {
        case .open:
            session = try way.session(limit: limit)
            return NodeReply()
        case .program: return try apply { $0.load() }
        case .change: return try apply { $0.change(turn: request.turn) }
        case .content: return NodeReply(content: try WayContent.read(way.interface))
        case .churn, .remove: throw NodeFailure(reason: "a way into the kernel is not asked for this")
        }
    }

    private mutating func apply(_ change: (inout WorkloadModel) -> Void) throws -> NodeReply {
        guard let session else { throw NodeFailure(reason: "the way is not open") }
        change(&model)
        let (delta, problems) = try model.takeDelta()
        if let problem = problems.first { throw NodeFailure(reason: "\(problem)") }
        try session.prepare(delta)
        return NodeReply(figures: try session.send())
    }
}
