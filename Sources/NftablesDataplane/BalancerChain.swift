internal import NetworkAddress
internal import Nftables

/// A chain that sends a new connection to one of `count` endpoints. Services with the same count share it.
struct BalancerChain: Hashable, Sendable {
    /// Slots of endpoints for the Local policy begin here, so that a service can have both lists in one map.
    static let localSlotBase: UInt32 = 0x10000
    /// More endpoints than this of one service are left out.
    static let maximumCount = Int(localSlotBase)
    /// Plain chains are made this many at a time, so that a service that grows by one rarely needs a new chain.
    static let blockSize = 16

    var count: Int
    /// For node ports, which stand in the maps under a zero address.
    var isNodePort: Bool
    /// For the Local policy's endpoints.
    var isLocal: Bool
    /// Seconds of session affinity; nil: none.
    var affinityTimeout: UInt32?

    var name: String {
        (isNodePort ? "node-port-" : "") + (isLocal ? "local-" : "") + "endpoints-\(count)"
            + (affinityTimeout.map { "-affinity-\($0)s" } ?? "")
    }

    /// Counts in the blocks that a plain service with this count may come to.
    static func counts(near count: Int) -> Set<Int> {
        [1, max(1, count - blockSize), count + blockSize]
    }

    /// The chains to make when this one is needed.
    var block: [BalancerChain] {
        guard affinityTimeout == nil else { return [self] }
        let first = (count - 1) / Self.blockSize * Self.blockSize + 1
        return (first..<first + Self.blockSize).map {
            var chain = self
            chain.count = $0
            return chain
        }
    }

    func rules(_ family: IPFamily) -> [Rule] {
        let address: RuleBuilder.Field = isNodePort ? .maskedDestinationAddress : .destinationAddress
        let frontend: [RuleBuilder.Field] = [address, .layer4Protocol, .destinationPort]
        let base = isLocal ? Self.localSlotBase : 0
        let random = RuleBuilder.Field.random(modulus: UInt32(count), offset: base)
        let choose = RuleBuilder.rule(family) {
            $0.destinationNAT(map: SetName.endpoints.rawValue, key: frontend + [random])
        }
        guard let timeout = affinityTimeout else { return [choose] }
        let map = (isLocal ? SetName.localAffinity : .affinity).rawValue
        let client = [.sourceAddress] + frontend
        return [
            RuleBuilder.rule(family, comment: "the endpoint that this client had") {
                $0.setPriority(fromMap: map, key: client)
                $0.rememberPriority(inMap: map, key: client, timeout: timeout)
                $0.destinationNAT(map: SetName.endpoints.rawValue, key: frontend + [.priority])
            },
            // The old entry may name a slot that is gone; updating would keep its value.
            RuleBuilder.rule(family, comment: "a new one") {
                $0.forget(inMap: map, key: client)
                $0.setPriority(toRandomBelow: UInt32(count), offset: base)
                $0.rememberPriority(inMap: map, key: client, timeout: timeout)
                $0.destinationNAT(map: SetName.endpoints.rawValue, key: frontend + [.priority])
            },
            // The map of clients is full: better without affinity than not at all.
            choose,
        ]
    }
}
