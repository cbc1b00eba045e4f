import LinuxSystem
import Netlink

/// One way into the kernel in a network namespace of its own, in one round.
final class WayRun: Sendable {
    let way: KernelWay
    private let namespace: NetworkNamespace
    private let process: NodeProcess

    /// For one answer, besides the limit of one load: reading a large table back takes its time.
    private static let patience = Duration.seconds(600)

    init(_ way: KernelWay, _ workload: Workload, _ options: BenchOptions) throws {
        self.way = way
        namespace = try NetworkNamespace()
        // IPVS takes no address for a host's where there is not one local route.
        try namespace.run { () throws(SystemError) in
            var routes = try RouteSocket()
            try routes.setUp(try routes.found("lo"))
        }
        process = try NodeProcess(
            options.wayAgent(way, workload, options.referenceLimit), in: namespace,
            limit: Self.patience + options.referenceLimit)
    }

    func program() throws -> ProgrammingFigures { try Self.there(try process.program()) }
    func change(turn: Int) throws -> ProgrammingFigures { try Self.there(try process.change(turn: turn)) }
    func content() throws -> WayContent { try Self.there(try process.content()) }

    private static func there<Value>(_ value: Value?) throws -> Value {
        guard let value else { throw NodeFailure(reason: "the node process gave no figures") }
        return value
    }
}

/// What was measured of one way with one number of services, over all rounds.
struct WayRecord {
    let way: KernelWay
    var hasFailed = false
    var programming: [ProgrammingFigures] = []
    var change: [ProgrammingFigures] = []
    /// With everything, and then without one endpoint.
    var contents: [WayContent] = []

    init(_ way: KernelWay) { self.way = way }

    /// Loads that take long are not done again.
    func takesPart(in round: Int) -> Bool {
        guard !hasFailed else { return false }
        return way.isOurs || round == 0 || programming.first.map { $0.seconds < SubjectRecord.longLoad } ?? true
    }

    /// In the order of the records; those that failed are left out.
    static func figures(_ records: [WayRecord]) -> [BenchReport.WayFigures] {
        var ours: [KernelInterface: (BenchReport.Programming, BenchReport.Programming)] = [:]
        return records.compactMap { record in
            guard !record.hasFailed, let programming = SubjectRecord.summary(record.programming),
                let change = SubjectRecord.summary(record.change)
            else { return nil }
            let interface = record.way.interface
            if record.way.isOurs { ours[interface] = (programming, change) }
            return BenchReport.WayFigures(
                way: record.way, interface: interface, isOurs: record.way.isOurs,
                content: record.contents.first?.counts ?? [:], programming: programming, change: change,
                ratios: record.way.isOurs
                    ? nil : ours[interface].map { BenchReport.WayRatios((programming, change), to: $0) })
        }
    }
}
