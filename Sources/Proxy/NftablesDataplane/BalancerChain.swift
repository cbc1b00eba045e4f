internal import Dataplane
internal import NetworkAddress
internal import Nftables

/// A chain that sends a new connection to one of `count` endpoints. Services with the same count share it.
struct BalancerChain: Hashable, Sendable {
    /// Bits of ``code`` for the count; those before take the seconds of affinity, at most 86,400 by the API.
    private static let countBits: UInt32 = 15
    static let maximumCount = SlotAssignment.maximumCount
    /// Plain chains are made this many at a time, so that a service that grows by one rarely needs a new chain.
    static let blockSize = 16

    /// 1...``maximumCount``.
    var count: Int
    var kind: BalancerKind
    /// Seconds of session affinity; nil: none.
    var affinityTimeout: UInt32?

    var name: String {
        kind.prefix + "endpoints-\(count)" + (affinityTimeout.map { "-affinity-\($0)s" } ?? "")
    }

    /// What @endpoint-counts says of services with this chain; packets carry it in their priority.
    var code: UInt32 { (affinityTimeout ?? 0) << Self.countBits | UInt32(count) }

    /// The element of the kind's map that leads here.
    var element: Element {
        Element(key: ElementKey(slot: code), data: ElementData(value: .verdict(.goto(name))))
    }

    /// Hands over counts in the blocks that a plain service with this count may come to.
    static func forEachCount(near count: Int, _ body: (Int) -> Void) {
        body(1)
        if count > blockSize { body(count - blockSize) }
        if count + blockSize <= maximumCount { body(count + blockSize) }
    }

    /// The chains to make when this one is needed.
    var block: [BalancerChain] {
        guard affinityTimeout == nil else { return [self] }
        let first = (count - 1) / Self.blockSize * Self.blockSize + 1
        return (first...min(first + Self.blockSize - 1, Self.maximumCount)).map {
            BalancerChain(count: $0, kind: kind)
        }
    }

    func rules(_ family: IPFamily) -> [Rule] {
        let frontend = kind.frontend
        let random = RuleBuilder.Field.random(modulus: UInt32(count), offset: kind.firstSlot)
        let choose = RuleBuilder.rule(family) {
            // The code shall not meet a queueing discipline or a VLAN's priority map.
            $0.resetPriority()
            $0.destinationNAT(map: SetName.endpoints.rawValue, key: frontend + [random])
        }
        guard let timeout = affinityTimeout else { return [choose] }
        let map = (kind.isLocal ? SetName.localAffinity : .affinity).rawValue
        // The priority is the port's number first, then the slot.
        let client: [RuleBuilder.Field] = [.sourceAddress, .priority]
        func rule(_ comment: String, _ prepare: (inout RuleBuilder) -> Void = { _ in }) -> Rule {
            RuleBuilder.rule(family, comment: comment) {
                $0.setPriority(fromMap: SetName.affinityNumbers.rawValue, key: frontend)
                prepare(&$0)
                $0.remember(random, inMap: map, key: client, timeout: timeout)
                $0.setPriority(fromMap: map, key: client)
                $0.destinationNAT(map: SetName.endpoints.rawValue, key: frontend + [.priority])
            }
        }
        return [
            rule("the endpoint that this client had, or a new one"),
            rule("the client's slot is gone") { $0.forget(inMap: map, key: client) },
            // The map of clients is full: better without affinity than not at all.
            choose,
        ]
    }
}
