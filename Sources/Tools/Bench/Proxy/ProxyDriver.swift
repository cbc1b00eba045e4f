import Dataplane
import FoundationEssentials
import LinuxSystem
import NetworkAddress
import ProxyConfiguration
import ProxyServer

/// A whole proxy in a node's namespace, with an API server beside it. Times are until packets meet the effect: from the
/// start to the first answer of the last service, and from the write of a slice to the first answer of its new endpoint.
/// CPU and memory are those of the proxy and of the programs that it starts, not of the API server.
final class ProxyDriver: SubjectDriver {
    private let workload: Workload
    private let world: BenchWorld
    private let limit: Duration
    private let server: ChildProcess
    private let command: AgentCommand
    private let directory: TemporaryDirectory
    private let proxy = ProxySlot()

    init(
        _ program: ProxyProgram, _ mode: Backend, _ workload: Workload, in world: BenchWorld, _ options: BenchOptions
    ) throws {
        self.workload = workload
        self.world = world
        limit = options.referenceLimit
        let objects = options.objectServer(workload)
        server = try ChildProcess(objects.path, objects.arguments, input: .pipe, in: world.node)
        // Making the objects takes no part in the measurement.
        let port = try Self.reply(server, within: .seconds(600)).port ?? 0
        directory = try TemporaryDirectory()
        let kubeconfig = try directory.write("kubeconfig", ProxyFiles.kubeconfig(port: port))
        let configuration = try directory.write(
            "config.yaml", ProxyFiles.configuration(mode, kubeconfig: kubeconfig))
        let executable = program == .own ? options.ownProxy : AgentCommand(path: options.kubeProxy ?? "", arguments: [])
        command = AgentCommand(path: executable.path, arguments: executable.arguments + ["--config", configuration])
    }

    func program() throws -> ProgrammingFigures? {
        let clock = ContinuousClock()
        let start = clock.now
        let process = try ChildProcess(command.path, command.arguments, in: world.node)
        proxy.set(process)
        try waitForAnswer(workload.index(.last), from: nil)
        let seconds = (clock.now - start).seconds
        let used = ProcessTimes.read(process.identifier)
        return ProgrammingFigures(seconds: seconds, userSeconds: used?.user, systemSeconds: used?.system)
    }

    func change(turn: Int) throws -> ProgrammingFigures? {
        guard let process = proxy.process else { return nil }
        let clock = ContinuousClock()
        let before = ProcessTimes.read(process.identifier)
        let start = clock.now
        try server.ask(Array("\(turn)".utf8), "the API server")
        try waitForAnswer(workload.changing, from: workload.onlyEndpoint(turn: turn))
        let seconds = (clock.now - start).seconds
        _ = try Self.reply(server, within: limit)
        let after = ProcessTimes.read(process.identifier)
        return ProgrammingFigures(
            seconds: seconds, userSeconds: ProcessTimes.difference(before?.user, after?.user),
            systemSeconds: ProcessTimes.difference(before?.system, after?.system))
    }

    var memory: ProcessMemory? {
        proxy.process.flatMap { ProcessMemory(status: ProcFile.read("/proc/\($0.identifier)/status")) }
    }

    private static func reply(_ process: ChildProcess, within limit: Duration) throws -> ObjectServer.Reply {
        let reply = try process.reply(ObjectServer.Reply.self, "the API server", within: limit)
        if let failure = reply.failure { throw NodeFailure(reason: failure) }
        return reply
    }

    /// - Parameter endpoint: nil: any.
    private func waitForAnswer(_ service: Int, from endpoint: IPAddress?) throws {
        let target = ProbeTarget(address: workload.clusterIP(service), port: Workload.servicePort)
        do {
            try Interruptible.wait(upTo: limit) { slice throws(SystemError) in
                try world.client.run { () throws(SystemError) in
                    try AnswerProbe.wait(target, from: endpoint, within: slice)
                }
            }
        } catch let error as SystemError where error.isTimeout {
            throw NodeFailure(reason: "no answer within \(Int(limit.seconds)) s (--reference-limit)\(lastWords)")
        }
    }

    private var lastWords: String {
        guard let process = proxy.process, let line = process.errorText.split(separator: "\n").last else { return "" }
        return "; it said last: \(line)"
    }
}
