import LinuxSystem

/// Loads text into the kernel with a program of this host.
struct ToolLoad: Sendable {
    private let tool: ReferenceTool
    private let path: String
    private let limit: Duration

    /// - Throws: where the program is not installed.
    init(_ tool: ReferenceTool, limit: Duration) throws {
        guard let path = ToolVersions.path(of: tool) else {
            throw NodeFailure(reason: "not installed: \(tool.programs.joined(separator: " or "))")
        }
        self.tool = tool
        self.path = path
        self.limit = limit
    }

    /// Runs the program until its end.
    ///
    /// - Parameter namespace: where; nil: the calling thread's.
    /// - Throws: the program's first message, or that it exceeded the limit.
    func run(_ text: [UInt8], in namespace: NetworkNamespace? = nil) throws -> ProgrammingFigures {
        let clock = ContinuousClock()
        let start = clock.now
        let process = try ChildProcess(path, tool.arguments, input: .bytes(text), in: namespace)
        let end: ChildProcess.End
        do {
            end = try Interruptible.wait(upTo: limit) { (slice) throws(SystemError) in
                guard let end = process.wait(within: slice) else {
                    throw .timeout("load rules with \(tool.rawValue)")
                }
                return end
            }
        } catch let error as SystemError where error.isTimeout {
            throw NodeFailure(reason: "not loaded within \(Int(limit.seconds)) s (--reference-limit)")
        }
        let seconds = (clock.now - start).seconds
        guard end.status == 0 else {
            let said = process.errorText.split(separator: "\n").first.map(String.init) ?? "status \(end.status)"
            throw NodeFailure(reason: said)
        }
        return ProgrammingFigures(
            seconds: seconds, userSeconds: end.usage.userSeconds, systemSeconds: end.usage.systemSeconds,
            bytes: text.count, added: nil)
    }
}
