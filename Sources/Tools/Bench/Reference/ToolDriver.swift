import LinuxSystem
import Netlink

/// Rules that a program loads from text. Making the text does not count.
final class ToolDriver: SubjectDriver {
    private let load: ToolLoad
    private let text: [UInt8]
    private let world: BenchWorld

    init(_ tool: ReferenceTool, _ workload: Workload, in world: BenchWorld, limit: Duration) throws {
        load = try ToolLoad(tool, limit: limit)
        self.world = world
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

    func program() throws -> ProgrammingFigures? { try load.run(text, in: world.node) }
}
