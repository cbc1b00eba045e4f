import LinuxSystem
import Netlink

/// Rules that a program loads from text. Making the text does not count.
final class ToolDriver: SubjectDriver {
    private let tool: ReferenceTool
    private let path: String
    private let text: [UInt8]
    private let world: BenchWorld
    private let limit: Duration

    init(_ tool: ReferenceTool, _ workload: Workload, in world: BenchWorld, limit: Duration) throws {
        guard let path = ToolVersions.path(of: tool) else {
            throw NodeFailure(reason: "not installed: \(tool.programs.joined(separator: " or "))")
        }
        self.tool = tool
        self.path = path
        self.world = world
        self.limit = limit
        text = Array(tool.text(for: workload).utf8)
        if tool == .ipvsadm { try world.node.run { () throws(SystemError) in try Self.prepareIPVS(workload) } }
    }

    /// Packets to the cluster IPs that are probed must reach the input hook, as the proxy's device would make them.
    private static func prepareIPVS(_ workload: Workload) throws(SystemError) {
        var routes = try RouteSocket()
        let loopback = try routes.found("lo")
        for position in Workload.Position.allCases {
            try routes.addAddress(workload.clusterIP(workload.index(position)), prefixLength: 32, device: loopback)
        }
    }

    func program() throws -> ProgrammingFigures? {
        let clock = ContinuousClock()
        let start = clock.now
        let process = try ChildProcess(path, tool.arguments, input: .bytes(text), in: world.node)
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
