public import NetworkAddress

/// A range of pod addresses and the size of a node's part of it.
public struct ClusterCIDR: Hashable, Sendable {
    public let network: IPNetwork
    /// The prefix length of a node's part.
    public let nodeMaskSize: Int

    /// Why a range cannot be used.
    public struct Invalid: Error, Hashable, CustomStringConvertible {
        public var description: String
    }

    /// Bits by which the prefixes may differ, so that there are at most 65,536 parts.
    static let maximumDifference = 16

    /// - Parameter nodeMaskSize: nil: 24 for IPv4, 64 for IPv6.
    public init(_ network: IPNetwork, nodeMaskSize: Int? = nil) throws(Invalid) {
        let size = nodeMaskSize ?? (network.family == .ipv4 ? 24 : 64)
        guard (network.prefixLength...network.family.bitWidth).contains(size) else {
            throw Invalid(
                description: "the cluster CIDR \(network) has no parts of prefix length \(size); choose a node CIDR "
                    + "mask size of \(network.prefixLength) to \(network.family.bitWidth)")
        }
        guard size - network.prefixLength <= Self.maximumDifference else {
            throw Invalid(
                description: "the cluster CIDR \(network) has more than 65,536 parts of prefix length \(size); choose "
                    + "a node CIDR mask size of at most \(network.prefixLength + Self.maximumDifference)")
        }
        self.network = network
        self.nodeMaskSize = size
    }

    var count: Int { 1 << (nodeMaskSize - network.prefixLength) }

    func part(_ index: Int) -> IPNetwork? {
        let shift = UInt128(network.family.bitWidth - nodeMaskSize)
        let address = IPAddress(family: network.family, value: network.address.value + UInt128(index) << shift)
        return IPNetwork(address: address, prefixLength: nodeMaskSize)
    }

    /// The parts that overlap with a network; it may be larger or smaller than one.
    func parts(overlapping other: IPNetwork) -> Range<Int> {
        guard other.family == network.family, network.contains(other) || other.contains(network) else { return 0..<0 }
        if other.contains(network) { return 0..<count }
        let shift = UInt128(network.family.bitWidth - nodeMaskSize)
        let first = Int((other.address.value - network.address.value) >> shift)
        return first..<Int((other.lastAddress.value - network.address.value) >> shift) + 1
    }
}

/// Which node has which part of the cluster CIDRs: one of each. Pure.
public struct NodeCIDRAllocator: Sendable {
    public struct Exhausted: Error, Hashable, CustomStringConvertible {
        public var network: IPNetwork

        public var description: String { "the cluster CIDR \(network) has no free part left" }
    }

    private struct Pool: Sendable {
        let range: ClusterCIDR
        /// How many hold each part: what was assigned by others may overlap.
        var holders: [Int: Int] = [:]
        /// Where to go on looking: parts are used again late.
        var next = 0

        /// A part that is free, not taken yet.
        func free() -> Int? {
            guard holders.count < range.count else { return nil }
            return (0..<range.count).lazy.map { (next + $0) % range.count }.first { holders[$0] == nil }
        }

        mutating func hold(_ parts: Range<Int>) { for part in parts { holders[part, default: 0] += 1 } }

        mutating func release(_ parts: Range<Int>) {
            for part in parts {
                let left = (holders[part] ?? 1) - 1
                holders[part] = left > 0 ? left : nil
            }
        }
    }

    private var pools: [Pool]
    private var assigned: [String: [IPNetwork]] = [:]

    /// - Parameter excluded: networks of which nodes get no part: those of Services.
    public init(_ ranges: [ClusterCIDR], excluding excluded: [IPNetwork] = []) {
        pools = ranges.map { Pool(range: $0) }
        for network in excluded { hold(network) }
    }

    /// What a node has.
    public subscript(node: String) -> [IPNetwork]? { assigned[node] }

    /// Parts in use, of all ranges.
    public var usedCount: Int { pools.reduce(0) { $0 + $1.holders.count } }

    /// Takes note of what a node has.
    /// - Returns: the networks that are in none of the ranges.
    @discardableResult
    public mutating func occupy(_ node: String, _ networks: [IPNetwork]) -> [IPNetwork] {
        if assigned[node] != networks {
            release(node)
            for network in networks { hold(network) }
            assigned[node] = networks
        }
        return networks.filter { network in
            pools.allSatisfy { $0.range.parts(overlapping: network).isEmpty }
        }
    }

    /// Gives a node a part of each range, in the ranges' order; what it has already, if it has something.
    public mutating func allocate(_ node: String) throws(Exhausted) -> [IPNetwork] {
        if let present = assigned[node] { return present }
        var parts: [IPNetwork] = []
        var nexts: [Int] = []
        for pool in pools {
            guard let free = pool.free(), let part = pool.range.part(free) else {
                throw Exhausted(network: pool.range.network)
            }
            parts.append(part)
            nexts.append((free + 1) % pool.range.count)
        }
        for (index, next) in nexts.enumerated() { pools[index].next = next }
        for part in parts { hold(part) }
        assigned[node] = parts
        return parts
    }

    /// - Returns: whether the node had something.
    @discardableResult
    public mutating func release(_ node: String) -> Bool {
        guard let networks = assigned.removeValue(forKey: node) else { return false }
        for network in networks {
            for index in pools.indices { pools[index].release(pools[index].range.parts(overlapping: network)) }
        }
        return true
    }

    private mutating func hold(_ network: IPNetwork) {
        for index in pools.indices { pools[index].hold(pools[index].range.parts(overlapping: network)) }
    }
}
