import KubeAPI
public import KubeClient
public import NetworkAddress

/// Which nodes are simulated, and how their pods behave.
public struct SimulatedNodesConfiguration: Sendable {
    /// Number of nodes.
    public var count: Int
    /// Nodes are called this and a number from 1 on.
    public var namePrefix = "node-"
    /// Nodes are spread over these, one after the other.
    public var zones = ["a", "b", "c"]
    /// What each node has: amounts as the API writes them.
    public var capacity = ["cpu": "16", "memory": "64Gi", "ephemeral-storage": "100Gi", "pods": "110"]
    /// Nodes' own addresses come from these, one of each.
    public var nodeNetworks: [IPNetwork]
    /// Pods' addresses come from these: each node has a part of each. One of a family at most.
    public var podNetworks: [IPNetwork]
    /// The prefix lengths of a node's part.
    public var podPrefixLengths: [IPFamily: Int] = [.ipv4: 24, .ipv6: 112]
    /// From the start of a pod to the readiness of its containers.
    public var readyDelay = Duration.seconds(1)
    /// How long pods take to end after their `preStop` sleep, unless their grace period is shorter.
    public var shutdownTime = Duration.seconds(1)
    public var heartbeat = NodeHeartbeat.Periods()

    /// With networks that are for private use.
    public init(count: Int) {
        self.count = count
        nodeNetworks = ["192.168.128.0/17", "fd00:a8::/64"].compactMap { IPNetwork($0) }
        podNetworks = ["10.244.0.0/16", "fd00:10:244::/96"].compactMap { IPNetwork($0) }
    }

    public struct Invalid: Error, Hashable, Sendable, CustomStringConvertible {
        public var description: String
    }

    /// - Throws: ``Invalid`` if the networks are too small for so many nodes, or not one of a family.
    func validate() throws(Invalid) {
        guard count >= 1 else { throw Invalid(description: "at least 1 node must be simulated, not \(count)") }
        guard !zones.isEmpty else { throw Invalid(description: "simulated nodes need at least one zone") }
        for networks in [nodeNetworks, podNetworks] {
            guard !networks.isEmpty, Set(networks.map(\.family)).count == networks.count else {
                throw Invalid(
                    description: "networks of simulated nodes must be one IPv4 or one IPv6 network or one of each, not "
                        + networks.map(\.description).joined(separator: ","))
            }
        }
        for network in podNetworks where network.part(count - 1, podPrefixLengths[network.family] ?? 0) == nil {
            throw Invalid(description: "the pod network \(network) is too small for \(count) simulated nodes")
        }
        for network in nodeNetworks where network.host(count) == nil {
            throw Invalid(description: "the node network \(network) is too small for \(count) simulated nodes")
        }
        for (name, amount) in capacity where ResourceAmount(amount) == nil {
            throw Invalid(description: "the capacity \(name) of simulated nodes is no amount: \(amount)")
        }
    }
}

extension IPNetwork {
    /// One of the parts of this size, counted from 0; nil if there are not so many.
    func part(_ index: Int, _ length: Int) -> IPNetwork? {
        guard length >= prefixLength, length <= family.bitWidth, index >= 0 else { return nil }
        let bits = length - prefixLength
        guard bits >= 63 || index < 1 << bits else { return nil }
        let value = address.value + UInt128(index) << UInt128(family.bitWidth - length)
        return IPNetwork(address: IPAddress(family: family, value: value), prefixLength: length)
    }

    /// The address at this place; nil if it is not within, or the broadcast address.
    func host(_ index: Int) -> IPAddress? {
        guard index >= 0 else { return nil }
        let (value, isOver) = address.value.addingReportingOverflow(UInt128(index))
        guard !isOver, value < lastAddress.value else { return nil }
        return IPAddress(family: family, value: value)
    }
}
