public import Dataplane
import LinuxSystem
public import Logging
import NetworkAddress
import ProxyConfiguration
import ProxyServer
import ServiceModel
import SocketBalancing

/// The process in a node's namespace: one backend, fed as the proxy feeds it. It executes requests line by line, and
/// ends with its standard input.
public struct NodeAgent {
    private let mode: Backend
    private let workload: Workload
    private let settings: ProxySettings
    private let logger: Logger
    private var model: WorkloadModel
    private var dataplane: (any Dataplane)?

    /// - Parameter group: the control group whose sockets it balances; nil: none.
    public init(mode: Backend, workload: Workload, group: String?, logger: Logger) {
        self.mode = mode
        self.workload = workload
        self.logger = logger
        var settings = ProxySettings()
        settings.mode = mode
        settings.nodeName = Workload.nodeName
        settings.detectLocal = .clusterCIDR([WorldAddresses.podNetwork].compactMap { $0 })
        if let group {
            settings.socketBalancing.isEnabled = true
            settings.socketBalancing.cgroup = group
        }
        self.settings = settings
        model = Self.emptyModel(workload, settings)
    }

    private static func emptyModel(_ workload: Workload, _ settings: ProxySettings) -> WorkloadModel {
        WorkloadModel(workload, settings)
    }

    public func run() async {
        var agent = self
        await AgentLoop.run { try await agent.answer($0) }
        // Whoever made it may have been killed.
        if settings.socketBalancing.isEnabled { TemporaryControlGroup.remove(settings.socketBalancing.cgroup) }
    }

    private mutating func answer(_ request: NodeRequest) async throws -> NodeReply {
        switch request.operation {
        case .open:
            dataplane = try DataplaneFactory(settings: settings, logger: logger).makeServing(.ipv4)
            try HostPreparation(logger: logger).applyRequired(settings)
            return NodeReply()
        case .program:
            return try await apply { $0.load() }
        case .change:
            return try await apply { $0.change(turn: request.turn) }
        case .churn:
            return try await apply { $0.churn(turn: request.turn) }
        case .content: throw NodeFailure(reason: "a mode is not asked for this")
        case .remove: return try await remove()
        }
    }

    private var opened: any Dataplane {
        get throws {
            guard let dataplane else { throw NodeFailure(reason: "the backend is not open") }
            return dataplane
        }
    }

    private mutating func apply(_ change: (inout WorkloadModel) -> Void) async throws -> NodeReply {
        let dataplane = try opened
        let clock = ContinuousClock()
        let usage = ProcessUsage.current
        let start = clock.now
        change(&model)
        let (delta, problems) = try model.takeDelta()
        let modelled = clock.now
        let report = try await dataplane.apply(delta)
        let end = clock.now
        let used = ProcessUsage.current - usage
        if let problem = (problems + report.problems).first { throw NodeFailure(reason: "\(problem)") }
        return NodeReply(
            figures: ProgrammingFigures(
                seconds: (end - start).seconds, modelSeconds: (modelled - start).seconds,
                userSeconds: used.userSeconds, systemSeconds: used.systemSeconds, messages: report.messages,
                bytes: report.bytes, added: report.added, removed: report.removed))
    }

    private mutating func remove() async throws -> NodeReply {
        let dataplane = try opened
        let clock = ContinuousClock()
        let usage = ProcessUsage.current
        let start = clock.now
        try await dataplane.removeAll()
        let end = clock.now
        let used = ProcessUsage.current - usage
        model = Self.emptyModel(workload, settings)
        return NodeReply(
            figures: ProgrammingFigures(
                seconds: (end - start).seconds, userSeconds: used.userSeconds, systemSeconds: used.systemSeconds))
    }
}

/// Why a node process could not do what it was asked.
struct NodeFailure: Error, CustomStringConvertible {
    var reason: String
    var description: String { reason }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
