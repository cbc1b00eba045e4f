import ArgumentParser
import Bench
import Dataplane
import Foundation
import ProxyConfiguration
import ProxyServer
import UnixSignals

/// `viaduct bench`: the proxy modes side by side on this host.
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Compare the proxy modes on this host: latency, programming time, memory.",
        usage: "viaduct bench [options]",
        discussion: """
            Makes network namespaces of its own (client, node, backends) for every mode and removes them at the end; the \
            host's own rules are not touched. Needs root. Beside the modes stand kube-proxy's rules for \
            the same services, loaded by iptables-restore, nft and ipvsadm where they are installed.
            """)

    enum Output: String, ExpressibleByArgument, CaseIterable {
        case text
        case json
    }

    @Option(
        help: ArgumentHelp(
            "Modes, separated by commas, such as nftables+sockets for one with --socket-balancing; the default is all, and "
                + "socket balancing beside nftables.", valueName: "modes"))
    var modes: String?

    @Option(
        help: ArgumentHelp(
            "Numbers of services, separated by commas; the default is 10,100,1000,10000,30000, with --quick 10,100,1000.",
            valueName: "numbers"))
    var services: String?

    @Option(help: ArgumentHelp("Endpoints of each service.", valueName: "number"))
    var endpoints = 5

    @Flag(help: "Fewer services, rounds and connections: about a minute.")
    var quick = false

    @Option(help: ArgumentHelp("Rounds; the default is 5, with --quick 3.", valueName: "number"))
    var rounds: Int?

    @Option(
        help: ArgumentHelp(
            "New connections to each service and protocol in a round; the default is 300, with --quick 100.",
            valueName: "number"))
    var connections: Int?

    @Flag(help: "Leave out iptables-restore, nft and ipvsadm.")
    var skipTools = false

    @Flag(help: "Leave out the comparison of ways into the kernel (our code, libraries, programs).")
    var skipWays = false

    @Flag(help: "Only that comparison, and no connections.")
    var onlyWays = false

    @Option(
        help: ArgumentHelp(
            "Seconds for one load by a tool; the default is 120, with --quick 10. What would take longer is left out.",
            valueName: "seconds"))
    var referenceLimit: Int?

    @Option(
        help: ArgumentHelp(
            "A kube-proxy binary to run in each mode beside `viaduct proxy`, both fed by an API server of ours.",
            valueName: "path"))
    var kubeProxy: String?

    @Option(name: .shortAndLong, help: ArgumentHelp("text or json.", valueName: "format"))
    var output = Output.text

    @Option(
        name: .customLong("chart"),
        help: ArgumentHelp(
            "Also write charts (SVG), a page with all of them (report.html) and report.json into this directory.",
            valueName: "directory"))
    var chartDirectory: String?

    func run() async throws {
        let options: BenchOptions
        do {
            options = try benchOptions()
        } catch let error as ValidationError {
            try CommandFailure.misuse(error)
        }
        guard geteuid() == 0 else {
            try CommandFailure.fail("network namespaces need root: run it with sudo")
        }
        let progress = ProgressLine(isTerminal: isatty(STDERR_FILENO) == 1)
        do {
            try makeChartDirectory()
            let report = try await Self.untilSignal {
                try await BenchRunner(options) { progress.show($0) }.run()
            }
            progress.clear()
            try write(report)
            try writeCharts(report)
        } catch is CancellationError {
            progress.clear()
            throw ExitCode(130)
        } catch let error as ExitCode {
            throw error
        } catch {
            progress.clear()
            try CommandFailure.fail("\(error)")
        }
    }

    private func write(_ report: BenchReport) throws {
        switch output {
        case .text:
            let isColoured =
                isatty(STDOUT_FILENO) == 1 && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
            print(TextReport(report, isColoured: isColoured).text, terminator: "")
        case .json: print(String(decoding: try Self.json(report), as: UTF8.self))
        }
    }

    private static func json(_ report: BenchReport) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(report)
    }

    // MARK: Charts

    /// Before minutes of measuring, not after them.
    private func makeChartDirectory() throws {
        guard let chartDirectory else { return }
        do {
            try FileManager.default.createDirectory(atPath: chartDirectory, withIntermediateDirectories: true)
        } catch {
            try CommandFailure.fail("--chart: cannot make \(chartDirectory): \(error.localizedDescription)")
        }
    }

    private func writeCharts(_ report: BenchReport) throws {
        guard let chartDirectory else { return }
        var files = ReportCharts(report).files.map { ($0.name, Data($0.text.utf8)) }
        files.append(("report.json", try Self.json(report)))
        for (name, data) in files {
            do {
                try data.write(to: URL(filePath: chartDirectory).appending(path: name))
            } catch {
                try CommandFailure.fail(
                    "--chart: cannot write \(chartDirectory)/\(name): \(error.localizedDescription)")
            }
        }
        let place = URL(filePath: chartDirectory).appending(path: "report.html").path
        FileHandle.standardError.write(Data("the report is in \(place)\n".utf8))
    }

    /// Runs the work; an interrupt cancels it.
    private static func untilSignal<Value: Sendable>(
        _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let signals = await UnixSignalsSequence(trapping: [.sigint, .sigterm])
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                for await _ in signals { return nil }
                return nil
            }
            defer { group.cancelAll() }
            while let first = try await group.next() {
                if let first { return first }
                group.cancelAll()
            }
            throw CancellationError()
        }
    }

    // MARK: Options

    private func benchOptions() throws -> BenchOptions {
        let executable = "/proc/self/exe"
        var options = BenchOptions(
            isQuick: quick, command: "viaduct " + CommandLine.arguments.dropFirst().joined(separator: " "),
            ownProxy: AgentCommand(path: executable, arguments: ["proxy"])
        ) { mode, workload, group in
            AgentCommand(
                path: executable,
                arguments: ["bench-node", "--mode", mode.name] + BenchWorkloadOptions.arguments(workload)
                    + (group.map { ["--sockets-of", $0] } ?? []))
        } wayAgent: { way, workload, limit in
            AgentCommand(
                path: executable,
                arguments: ["bench-way", "--way", way.rawValue, "--limit", "\(limit.components.seconds)"]
                    + BenchWorkloadOptions.arguments(workload))
        } objectServer: { workload in
            AgentCommand(path: executable, arguments: ["bench-objects"] + BenchWorkloadOptions.arguments(workload))
        }
        options.kubeProxy = try kubeProxyPath()
        if let modes { options.modes = try Self.modes(modes) }
        if let services { options.services = try Self.services(services) }
        options.endpoints = try Self.number(endpoints, in: Workload.endpointRange, "--endpoints")
        if let rounds { options.rounds = try Self.number(rounds, in: 1...1000, "--rounds") }
        if let connections { options.connections = try Self.number(connections, in: 1...10_000, "--connections") }
        if let referenceLimit {
            options.referenceLimit = .seconds(try Self.number(referenceLimit, in: 1...86400, "--reference-limit"))
        }
        if skipTools {
            options.tools = []
            options.ways.removeAll(where: \.isProgram)
        }
        if skipWays { options.ways = [] }
        if onlyWays {
            guard !skipWays, modes == nil, kubeProxy == nil else {
                throw ValidationError(
                    "--only-ways: it measures no modes; leave out --skip-ways, --modes and --kube-proxy")
            }
            options.modes = []
            options.tools = []
        }
        for count in options.services where !Workload(services: count, endpoints: options.endpoints).fits {
            throw ValidationError(
                "--services: \(count) services of \(options.endpoints) endpoints need more addresses than there are; "
                    + "use fewer of either")
        }
        return options
    }

    private func kubeProxyPath() throws -> String? {
        guard let kubeProxy else { return nil }
        guard FileManager.default.isExecutableFile(atPath: kubeProxy) else {
            throw ValidationError("--kube-proxy: \(kubeProxy) is not a program that can be started")
        }
        return kubeProxy
    }

    private static func modes(_ text: String) throws -> [Subject] {
        try text.split(separator: ",").map { name in
            guard let mode = Subject.named(String(name)) else {
                let known = (Backend.allCases.map(\.name) + Subject.socketModes.map(\.description))
                    .joined(separator: ", ")
                throw ValidationError("--modes: unknown proxy mode \"\(name)\"; there are \(known)")
            }
            return mode
        }
    }

    private static func services(_ text: String) throws -> [Int] {
        let numbers = try text.split(separator: ",").map { part in
            guard let number = Int(part) else {
                throw ValidationError("--services: \"\(part)\" is not a number; write it like 10,100,1000")
            }
            return try Self.number(number, in: Workload.serviceRange, "--services")
        }
        guard !numbers.isEmpty else { throw ValidationError("--services: at least one number is needed") }
        return Set(numbers).sorted()
    }

    private static func number(_ value: Int, in range: ClosedRange<Int>, _ option: String) throws -> Int {
        guard range.contains(value) else {
            throw ValidationError("\(option): \(value) must be from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }
}
