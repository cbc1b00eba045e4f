internal import Dataplane
internal import NetworkAddress
internal import Nftables
internal import NftablesServices
internal import ServiceModel

extension ServiceEntry {
    /// A list of endpoints behind a frontend.
    struct Path {
        var frontend: FrontendKey
        var kind: BalancerKind
        var list: EndpointList
        /// Whether connections from elsewhere have no other: where it is empty, something else must become of them.
        var isLast: Bool

        func key(slot: Int) -> ElementKey { ElementKey(frontend, slot: kind.firstSlot + UInt32(slot)) }
    }

    /// Each list of endpoints behind each frontend.
    func forEachPath(_ body: (Path) -> Void) {
        service.forEachFrontend { frontend in
            // Where the origin matters there are two lists, told apart by the last part of keys; else there is one,
            // whatever endpoints are in it.
            for list in frontend.lists {
                let kind = BalancerKind(
                    isNodePort: frontend.key.isNodePort, isLocal: frontend.dependsOnOrigin && list == .local)
                body(Path(frontend: frontend.key, kind: kind, list: list, isLast: list == frontend.outside))
            }
        }
    }

    /// Hands over the chains that connections to this service go to; one may come more than once.
    func forEachChain(_ body: (BalancerChain) -> Void) {
        forEachPath { path in
            let count = slots(path.list).count
            if count > 0 { body(chain(count, path.kind)) }
        }
    }

    /// Hands over the chains that this service may need when a few endpoints come or go; one may come more than once.
    func forEachSpareChain(_ body: (BalancerChain) -> Void) {
        guard service.affinityTimeout != nil else {
            return forEachPath { path in
                guard needsSpares(path.list) else { return }
                BalancerChain.forEachCount(near: slots(path.list).count) { body(chain($0, path.kind)) }
            }
        }
        let counts = EndpointList.allCases.map {
            needsSpares($0) ? SlotAssignment.affineCounts(near: slots($0)) : []
        }
        forEachPath { path in
            for count in counts[Int(path.list.rawValue)] where count <= BalancerChain.maximumCount {
                body(chain(count, path.kind))
            }
        }
    }

    /// Endpoints of different weights have as many slots with one more or less.
    private func needsSpares(_ list: EndpointList) -> Bool { state.choices(list).haveEqualWeights }

    func chain(_ count: Int, _ kind: BalancerKind) -> BalancerChain {
        BalancerChain(count: count, kind: kind, affinityTimeout: service.affinityTimeout)
    }
}
