internal import NetworkAddress
internal import Nftables
internal import NftablesServices
internal import ServiceModel

extension ServiceEntry {
    /// Hands over every element that is this service's alone.
    ///
    /// - Parameter nodeIP: decides whether the node itself is within the load balancer source ranges.
    func forEachElement(nodeIP: IPAddress?, _ emit: (SetName, Element) -> Void) {
        let name = service.name.description
        for address in externalAddresses {
            emit(
                service.externalPolicyLocal ? .externalLocalIPs : .externalIPs,
                Element(key: key(address), data: ElementData(comment: name)))
        }
        forEachList { list in
            if let code = code(of: list) { emit(.endpointCounts, countElement(list, code, name)) }
            if isRejected(list) { emit(.noEndpoints, rejection(list, name)) }
            for (slot, endpoint) in slots(of: list).enumerated() {
                emit(.endpoints, slotElement(list, slot, endpoint))
            }
        }
        SourceRanges.forEachElement(of: service, nodeIP: nodeIP, emit)
    }

    enum Change { case deletion, addition }

    /// Hands over what leads from the elements of an earlier entry to those of this one, where only endpoints differ.
    /// No element is made but those that go or come, however long the lists and however many the addresses are.
    ///
    /// - Precondition: both have the same service.
    func forEachChange(from old: ServiceEntry, _ emit: (Change, SetName, Element) -> Void) {
        let cluster = Self.changedSlots(old.clusterSlots, clusterSlots)
        let local = Self.changedSlots(old.localSlots, localSlots)
        let name = service.name.description
        forEachList { list in
            let (before, after) = (old.slots(of: list), slots(of: list))
            for slot in list.usesLocalSlots ? local : cluster {
                if slot < before.count { emit(.deletion, .endpoints, slotElement(list, slot, before[slot])) }
                if slot < after.count { emit(.addition, .endpoints, slotElement(list, slot, after[slot])) }
            }
            let (oldCode, newCode) = (old.code(of: list), code(of: list))
            if oldCode != newCode {
                if let oldCode { emit(.deletion, .endpointCounts, countElement(list, oldCode, name)) }
                if let newCode { emit(.addition, .endpointCounts, countElement(list, newCode, name)) }
            }
            let isRejected = isRejected(list)
            if old.isRejected(list) != isRejected {
                emit(isRejected ? .addition : .deletion, .noEndpoints, rejection(list, name))
            }
        }
    }

    /// Places whose endpoint differs.
    private static func changedSlots(_ old: [EndpointAddress], _ new: [EndpointAddress]) -> [Int] {
        let common = min(old.count, new.count)
        return (0..<common).filter { old[$0] != new[$0] } + Array(common..<max(old.count, new.count))
    }

    /// What @endpoint-counts says of a list; nil: nothing. With endpoints that the policy forbids connections are
    /// dropped. That stands in the place of the count, so that the first endpoint here, or the last, changes one set
    /// less.
    private func code(of list: List) -> UInt32? {
        let count = slots(of: list).count
        if count > 0 { return chain(count, list.kind).code }
        return list.isLast && state.hasAnyEndpoints ? BalancerKind.noneHere : nil
    }

    /// Without any endpoint a connection is refused.
    private func isRejected(_ list: List) -> Bool {
        list.isLast && !state.hasAnyEndpoints && slots(of: list).isEmpty
    }

    private func countElement(_ list: List, _ code: UInt32, _ name: String) -> Element {
        Element(
            key: key(list.address, slot: list.kind.policy), data: ElementData(value: .mark(code), comment: name))
    }

    private func rejection(_ list: List, _ name: String) -> Element {
        Element(key: key(list.address), data: ElementData(comment: name))
    }

    private func slotElement(_ list: List, _ slot: Int, _ endpoint: EndpointAddress) -> Element {
        Element(
            key: key(list.address, slot: list.kind.firstSlot + UInt32(slot)),
            data: ElementData(value: .destination(endpoint.ip, endpoint.port)))
    }
}
