public import Dataplane
import FoundationEssentials
import Glibc
import LinuxSystem
public import Logging
import NetworkAddress
import ProxyServer
import ServiceModel

/// The process in a node's namespace: one backend, fed as the proxy feeds it. It does what it is asked line by line and
/// ends when its standard input does.
public struct NodeAgent {
    private let mode: Backend
    private let workload: Workload
    private let settings: ProxySettings
    private let logger: Logger
    private var model: ServiceModel
    private var dataplane: (any Dataplane)?

    public init(mode: Backend, workload: Workload, logger: Logger) {
        self.mode = mode
        self.workload = workload
        self.logger = logger
        var settings = ProxySettings()
        settings.mode = mode
        settings.nodeName = Workload.nodeName
        settings.detectLocal = .clusterCIDR([WorldAddresses.podNetwork].compactMap { $0 })
        self.settings = settings
        model = Self.emptyModel(settings)
    }

    private static func emptyModel(_ settings: ProxySettings) -> ServiceModel {
        ServiceModel(
            configuration: ServiceModelConfiguration(
                nodeName: Workload.nodeName, families: [.ipv4], nodePortAddresses: .primary,
                localTraffic: settings.detectLocal, masqueradeAll: settings.masqueradeAll,
                annotations: settings.mode.annotations, weightAnnotations: settings.mode.weightAnnotations))
    }

    public mutating func run() async {
        while let line = readLine() {
            var reply: NodeReply
            do {
                reply = try await answer(try JSONDecoder().decode(NodeRequest.self, from: Data(line.utf8)))
            } catch {
                reply = NodeReply(failure: "\(error)")
            }
            reply.memory = ProcessMemory(status: SystemFiles.host.read("/proc/self/status") ?? "")
            guard let data = try? JSONEncoder().encode(reply) else { return }
            print(String(decoding: data, as: UTF8.self))
            fflush(nil)
        }
    }

    private mutating func answer(_ request: NodeRequest) async throws -> NodeReply {
        switch request.operation {
        case .open:
            dataplane = try DataplaneFactory(settings: settings, logger: logger).make(.ipv4)
            try HostPreparation(logger: logger).applyRequired(settings)
            return NodeReply()
        case .program:
            return try await apply { model, workload in
                model.setNode(workload.node)
                model.setServiceCIDRs([Workload.serviceNetwork])
                model.setLocalAddresses([WorldAddresses.nodeToClients, WorldAddresses.nodeToBackends])
                for number in 0..<workload.services {
                    _ = model.upsert(workload.service(number))
                    _ = model.upsert(workload.slice(number))
                }
            }
        case .change:
            return try await apply { model, workload in _ = model.upsert(workload.changedSlice(turn: request.turn)) }
        case .churn:
            return try await apply { model, workload in
                for slice in workload.churnedSlices(turn: request.turn) { _ = model.upsert(slice) }
            }
        case .remove: return try await remove()
        }
    }

    private var opened: any Dataplane {
        get throws {
            guard let dataplane else { throw NodeFailure(reason: "the backend is not open") }
            return dataplane
        }
    }

    private mutating func apply(_ change: (inout ServiceModel, Workload) -> Void) async throws -> NodeReply {
        let dataplane = try opened
        let clock = ContinuousClock()
        let usage = ProcessUsage.current
        let start = clock.now
        change(&model, workload)
        let (delta, problems) = model.takeDelta()
        let modelled = clock.now
        guard let mine = delta.families[.ipv4] else { throw NodeFailure(reason: "nothing changed") }
        let report = try await dataplane.apply(mine)
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
        model = Self.emptyModel(settings)
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
