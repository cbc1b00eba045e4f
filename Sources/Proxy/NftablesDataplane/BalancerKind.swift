internal import Nftables
internal import NftablesServices

/// How a ``BalancerChain`` looks up connections. Each kind has its own chains, and a map that leads to them.
struct BalancerKind: Hashable, Sendable {
    /// Slots of endpoints for the Local policy begin here, so that a service can have both lists in one map.
    private static let localSlotBase: UInt32 = 0x10000

    static let all = [false, true].flatMap { isNodePort in
        [false, true].map { BalancerKind(isNodePort: isNodePort, isLocal: $0) }
    }

    /// For node ports, which stand in the maps under a zero address.
    var isNodePort = false
    /// For the Local policy's endpoints.
    var isLocal = false

    /// What the names of its chains and of its map begin with.
    var prefix: String { (isNodePort ? "node-port-" : "") + (isLocal ? "local-" : "") }

    /// Leads from the code in @endpoint-counts to the chain. It has an element for each chain that exists, and none of a
    /// service: kernels check every element of a verdict map whenever one with a chain is added.
    var map: SetName { SetName(rawValue: prefix + "balancers") }

    /// How packets are looked up.
    var frontend: [RuleBuilder.Field] { isNodePort ? ServiceFields.nodePort : ServiceFields.frontend }

    /// The last part of the key in @endpoint-counts.
    var policy: UInt32 { isLocal ? 1 : 0 }

    /// The slot of the first endpoint.
    var firstSlot: UInt32 { isLocal ? Self.localSlotBase : 0 }

    /// The element of the map for what has endpoints elsewhere only.
    static let dropping = Element(key: ElementKey(slot: noneHere), data: ElementData(value: .verdict(.drop)))
    /// What @endpoint-counts says then.
    static let noneHere: UInt32 = 0
}
