import NetworkAddress
import ServiceModel

/// A change of the maps, in the order in which it is made: at each moment a frontend leads to its endpoints as they were
/// before, or as they are afterwards, or to the packet rules.
struct SocketPlan: Hashable, Sendable {
    /// Those that go, and those that lead elsewhere afterwards: they are left to the packet rules until then.
    var removedFrontends: Set<FrontendKey> = []
    var putSlots: [SocketMaps.Slot: EndpointAddress] = [:]
    var putPorts: [UInt32: SocketMaps.Port] = [:]
    var putFrontends: [FrontendKey: SocketMaps.Target] = [:]
    var removedPorts: Set<UInt32> = []
    var removedSlots: Set<SocketMaps.Slot> = []

    var added: Int { putSlots.count + putPorts.count + putFrontends.count }
    var removed: Int { removedFrontends.count + removedPorts.count + removedSlots.count }
    /// Elements written and removed.
    var count: Int { added + removed }
    var isEmpty: Bool { count == 0 }
}

extension SocketPlan: CustomStringConvertible {
    /// A line for each element, in the order of the steps.
    var description: String {
        func lines(_ step: String, _ elements: [String]) -> [String] { elements.sorted().map { "\(step) \($0)" } }
        let steps = [
            lines("remove frontend", removedFrontends.map { "\($0)" }),
            lines("slot", putSlots.map { "\($0.list)[\($0.index)] = \($1)" }),
            lines(
                "port",
                putPorts.map {
                    "\($0) = cluster \($1.cluster.number) of \($1.cluster.count), local \($1.local.number) of "
                        + "\($1.local.count)" + ($1.affinity > 0 ? ", affinity \($1.affinity)s" : "")
                }),
            lines(
                "frontend",
                putFrontends.map { "\($0) = port \($1.port), \($1.list)\($1.isOnlyNode ? ", node only" : "")" }),
            lines("remove port", removedPorts.map { "\($0)" }),
            lines("remove slot", removedSlots.map { "\($0.list)[\($0.index)]" }),
        ]
        return steps.joined().joined(separator: "\n")
    }
}
