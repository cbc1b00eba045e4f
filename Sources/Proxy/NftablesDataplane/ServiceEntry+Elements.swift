internal import NetworkAddress
internal import Nftables
internal import NftablesServices
internal import ServiceModel

extension ServiceEntry {
    /// Hands over every element that is this service's alone.
    func forEachElement(_ emit: (SetName, Element) -> Void) {
        let name = service.name.description
        service.forEachFrontend { frontend in
            if let affinityNumber {
                emit(
                    .affinityNumbers,
                    Element(
                        key: ElementKey(frontend.key),
                        data: ElementData(value: .mark(affinityNumber), comment: name)))
            }
            guard frontend.kind != .clusterIP else { return }
            emit(
                frontend.dependsOnOrigin ? .externalLocalIPs : .externalIPs,
                Element(key: ElementKey(frontend.key), data: ElementData(comment: name)))
        }
        forEachPath { path in
            if let code = code(of: path) { emit(.endpointCounts, countElement(path, code, name)) }
            if isRejected(path) { emit(.noEndpoints, rejection(path, name)) }
            for (slot, endpoint) in slots(path.list).enumerated() {
                emit(.endpoints, slotElement(path, slot, endpoint))
            }
        }
        Firewall.forEachElement(of: service, emit)
    }

    enum Change { case deletion, addition }

    /// Hands over what leads from the elements of an earlier entry to those of this one, where only endpoints differ.
    /// No element is made but those that go or come, however long the lists and however many the addresses are.
    ///
    /// - Precondition: both have the same service.
    func forEachChange(from old: ServiceEntry, _ emit: (Change, SetName, Element) -> Void) {
        let changed = EndpointList.allCases.map { Self.changedSlots(old.slots($0), slots($0)) }
        let name = service.name.description
        forEachPath { path in
            let (before, after) = (old.slots(path.list), slots(path.list))
            for slot in changed[Int(path.list.rawValue)] {
                if slot < before.count { emit(.deletion, .endpoints, slotElement(path, slot, before[slot])) }
                if slot < after.count { emit(.addition, .endpoints, slotElement(path, slot, after[slot])) }
            }
            let (oldCode, newCode) = (old.code(of: path), code(of: path))
            if oldCode != newCode {
                if let oldCode { emit(.deletion, .endpointCounts, countElement(path, oldCode, name)) }
                if let newCode { emit(.addition, .endpointCounts, countElement(path, newCode, name)) }
            }
            let isRejected = isRejected(path)
            if old.isRejected(path) != isRejected {
                emit(isRejected ? .addition : .deletion, .noEndpoints, rejection(path, name))
            }
        }
    }

    /// Places whose endpoint differs.
    private static func changedSlots(_ old: [Endpoint], _ new: [Endpoint]) -> [Int] {
        let common = min(old.count, new.count)
        return (0..<common).filter { old[$0].address != new[$0].address }
            + Array(common..<max(old.count, new.count))
    }

    /// What @endpoint-counts says of a list; nil: nothing. That connections are dropped stands in the place of the
    /// count, so that the first endpoint here, or the last, changes one set less.
    private func code(of path: Path) -> UInt32? {
        switch state.outcome(of: path.list) {
        case .balance: chain(slots(path.list).count, path.kind).code
        case .drop: path.isLast ? BalancerKind.noneHere : nil
        case .reject: nil
        }
    }

    private func isRejected(_ path: Path) -> Bool { path.isLast && state.outcome(of: path.list) == .reject }

    private func countElement(_ path: Path, _ code: UInt32, _ name: String) -> Element {
        Element(
            key: ElementKey(path.frontend, slot: path.kind.policy),
            data: ElementData(value: .mark(code), comment: name))
    }

    private func rejection(_ path: Path, _ name: String) -> Element {
        Element(key: ElementKey(path.frontend), data: ElementData(comment: name))
    }

    private func slotElement(_ path: Path, _ slot: Int, _ endpoint: Endpoint) -> Element {
        Element(
            key: path.key(slot: slot),
            data: ElementData(value: .destination(endpoint.address.ip, endpoint.address.port))
        )
    }
}
