public import KubeAPI
public import NetworkAddress

/// Which routes lead from this node to the pods of the others: each pod range by its node's address. Pure.
public enum NodeRoutes {
    /// - Returns: gateways by range. What two nodes claim leads to the one whose name comes first.
    public static func wanted(_ nodes: [Node], here: String) -> [IPNetwork: IPAddress] {
        var routes: [IPNetwork: IPAddress] = [:]
        let own = nodes.first { $0.metadata.name == here }.map(Self.ranges) ?? []
        for node in nodes.sorted(by: { $0.metadata.name < $1.metadata.name }) where node.metadata.name != here {
            let addresses = node.addresses.filter { $0.type == "InternalIP" }.compactMap { IPAddress($0.address) }
            for range in ranges(node) where routes[range] == nil {
                // A range that holds this node's, or lies in it, is a mistake that would cut its pods off.
                guard !own.contains(where: { $0.contains(range) || range.contains($0) }),
                    let gateway = addresses.first(where: { $0.family == range.family }), !range.contains(gateway)
                else { continue }
                routes[range] = gateway
            }
        }
        return routes
    }

    private static func ranges(_ node: Node) -> [IPNetwork] { node.podCIDRs.compactMap { IPNetwork($0) } }

    public struct Change: Hashable, Sendable {
        public var added: [IPNetwork: IPAddress] = [:]
        public var removed: [IPNetwork] = []

        public var isEmpty: Bool { added.isEmpty && removed.isEmpty }
    }

    /// From what is there to what is wanted.
    public static func change(from present: [IPNetwork: IPAddress], to wanted: [IPNetwork: IPAddress]) -> Change {
        var change = Change()
        change.added = wanted.filter { present[$0.key] != $0.value }
        change.removed = present.keys.filter { wanted[$0] == nil }.sorted()
        return change
    }
}
