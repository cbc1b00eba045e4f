import FoundationEssentials
import LinuxSystem
import SocketBalancing

/// A node process as its parent sees it: this executable again, in a node's namespace, so that CPU and memory are those
/// of one mode alone and a crash loses one mode only.
final class NodeProcess: SubjectDriver {
    private let process: ChildProcess
    /// For one answer.
    private let limit: Duration

    /// - Parameters:
    ///   - command: what this executable is called with to become a ``NodeAgent`` or a ``WayAgent``.
    ///   - hasOwnPins: whether eBPF programs that it pins end with it.
    init(_ command: AgentCommand, in namespace: NetworkNamespace, limit: Duration, hasOwnPins: Bool = false) throws {
        process = try namespace.run { () throws(SystemError) in
            if hasOwnPins { try SocketBalancer.beginOwnPins() }
            return try ChildProcess(command.path, command.arguments, input: .pipe)
        }
        self.limit = limit
        _ = try ask(.init(operation: .open))
    }

    func program() throws -> ProgrammingFigures? { try ask(NodeRequest(operation: .program)).figures }
    func change(turn: Int) throws -> ProgrammingFigures? {
        try ask(NodeRequest(operation: .change, turn: turn)).figures
    }
    func churn(turn: Int) throws -> ProgrammingFigures? {
        try ask(NodeRequest(operation: .churn, turn: turn)).figures
    }
    func remove() throws -> ProgrammingFigures? { try ask(NodeRequest(operation: .remove)).figures }

    /// What the kernel holds by a ``WayAgent``'s work.
    func content() throws -> WayContent? { try ask(NodeRequest(operation: .content)).content }

    var cpuSeconds: Double? { ProcessTimes.read(process.identifier).map { $0.user + $0.system } }

    var memory: ProcessMemory? {
        ProcessMemory(status: ProcFile.read("/proc/\(process.identifier)/status"))
    }

    private func ask(_ request: NodeRequest) throws -> NodeReply {
        let name = "the node process"
        try process.ask(Array(try JSONEncoder().encode(request)), name)
        let reply = try process.reply(NodeReply.self, name, within: limit)
        if let failure = reply.failure { throw NodeFailure(reason: failure) }
        return reply
    }
}

/// How to start this executable as a node process.
public struct AgentCommand: Sendable {
    public var path: String
    public var arguments: [String]

    public init(path: String, arguments: [String]) {
        self.path = path
        self.arguments = arguments
    }
}

/// Waiting that ends soon when the task is cancelled.
enum Interruptible {
    /// Calls `body` with short waits until one does not end with ETIMEDOUT.
    static func wait<Value>(
        upTo limit: Duration, _ body: (Duration) throws(SystemError) -> Value
    ) throws -> Value {
        let clock = ContinuousClock()
        let deadline = clock.now + limit
        while true {
            let slice = min(.milliseconds(200), max(.milliseconds(1), deadline - clock.now))
            switch Result(catching: { () throws(SystemError) in try body(slice) }) {
            case .success(let value): return value
            case .failure(let error):
                guard error.isTimeout, clock.now < deadline else { throw error }
                try Task.checkCancellation()
            }
        }
    }
}
