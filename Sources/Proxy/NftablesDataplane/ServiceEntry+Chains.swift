internal import NetworkAddress
internal import Nftables
internal import NftablesServices
internal import ServiceModel

extension ServiceEntry {
    /// A list of endpoints behind an address.
    struct List {
        /// nil: the node port.
        var address: IPAddress?
        var kind: BalancerKind
        /// Whether it has the endpoints for the Local policy.
        var usesLocalSlots: Bool
        /// Whether connections from outside have no other: where it is empty, something else must become of them.
        var isLast: Bool
    }

    /// Each list of endpoints behind each address.
    func forEachList(_ body: (List) -> Void) {
        body(
            List(
                address: service.clusterIP, kind: BalancerKind(), usesLocalSlots: service.internalPolicyLocal,
                isLast: true))
        for address in externalAddresses {
            let isNodePort = address == nil
            body(
                List(
                    address: address, kind: BalancerKind(isNodePort: isNodePort), usesLocalSlots: false,
                    isLast: !service.externalPolicyLocal))
            guard service.externalPolicyLocal else { continue }
            body(
                List(
                    address: address, kind: BalancerKind(isNodePort: isNodePort, isLocal: true), usesLocalSlots: true,
                    isLast: true))
        }
    }

    func slots(of list: List) -> [EndpointAddress] { list.usesLocalSlots ? localSlots : clusterSlots }

    /// How many elements of @endpoints it has.
    var slotCount: Int {
        var count = 0
        forEachList { count += slots(of: $0).count }
        return count
    }

    /// Hands over the chains that connections to this service go to; one may come more than once.
    func forEachChain(_ body: (BalancerChain) -> Void) {
        forEachList { list in
            let count = slots(of: list).count
            if count > 0 { body(chain(count, list.kind)) }
        }
    }

    /// Hands over the chains that this service may need when a few endpoints come or go; one may come more than once.
    func forEachSpareChain(_ body: (BalancerChain) -> Void) {
        guard service.affinityTimeout != nil else {
            return forEachList { list in
                BalancerChain.forEachCount(near: slots(of: list).count) { body(chain($0, list.kind)) }
            }
        }
        let cluster = SlotAssignment.affineCounts(near: clusterSlots)
        let local = SlotAssignment.affineCounts(near: localSlots)
        forEachList { list in
            for count in list.usesLocalSlots ? local : cluster where count <= BalancerChain.maximumCount {
                body(chain(count, list.kind))
            }
        }
    }

    func chain(_ count: Int, _ kind: BalancerKind) -> BalancerChain {
        BalancerChain(count: count, kind: kind, affinityTimeout: service.affinityTimeout)
    }
}
