import ArgumentParser
import Bench
import Dataplane
import Logging
import ProxyConfiguration
import ProxyServer

/// The options of processes that `bench` starts in a node's namespace.
struct BenchWorkloadOptions: ParsableArguments {
    @Option var services: Int
    @Option var endpoints: Int

    static func arguments(_ workload: Workload) -> [String] {
        ["--services", "\(workload.services)", "--endpoints", "\(workload.endpoints)"]
    }

    func workload() throws -> Workload {
        guard Workload.serviceRange.contains(services), Workload.endpointRange.contains(endpoints) else {
            try CommandFailure.fail("this is a part of `viaduct bench`, which starts it")
        }
        return Workload(services: services, endpoints: endpoints)
    }

    static func bootstrapLog() {
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = .warning
            return handler
        }
    }
}

/// Runs one backend in a node's namespace.
struct BenchNodeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-node", abstract: "A part of bench.", shouldDisplay: false)

    @Option var mode: String
    @Option var socketsOf: String?
    @OptionGroup var options: BenchWorkloadOptions

    func run() async throws {
        BenchWorkloadOptions.bootstrapLog()
        guard let mode = Backend.named(mode) else { try CommandFailure.fail("unknown proxy mode \"\(mode)\"") }
        await NodeAgent(
            mode: mode, workload: try options.workload(), group: socketsOf, logger: Logger(label: "bench")
        ).run()
    }
}

/// Measures one way into the kernel, in its own network namespace.
struct BenchWayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-way", abstract: "A part of bench.", shouldDisplay: false)

    @Option var way: String
    @Option var limit: Int
    @OptionGroup var options: BenchWorkloadOptions

    func run() async throws {
        BenchWorkloadOptions.bootstrapLog()
        guard let way = KernelWay(rawValue: way) else { try CommandFailure.fail("unknown way \"\(way)\"") }
        await WayAgent(way: way, workload: try options.workload(), limit: .seconds(limit)).run()
    }
}

/// Serves the objects to a whole proxy.
struct BenchObjectsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-objects", abstract: "A part of bench.", shouldDisplay: false)

    @OptionGroup var options: BenchWorkloadOptions

    func run() async throws {
        BenchWorkloadOptions.bootstrapLog()
        await ObjectServer(workload: try options.workload(), logger: Logger(label: "bench")).run()
    }
}
