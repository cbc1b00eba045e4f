import NetworkAddress

/// One programmed Service port, with all endpoints of its slices.
public struct PortOverview: Hashable, Sendable {
    /// An endpoint, used on this node or not.
    public struct Endpoint: Hashable, Sendable {
        public enum Condition: String, Hashable, Sendable, CaseIterable {
            case ready
            /// It terminates and still serves; it gets new connections only while none is ready.
            case draining
            /// Neither ready nor draining.
            case notReady
        }

        public var address: EndpointAddress
        public var condition: Condition
        public var place: ServiceModel.Place
        public var weight: UInt16
        /// Whether this node sends it any new connections.
        public var isUsed: Bool
        /// Whether somebody asked for it to be drained.
        public var isDrained = false
        /// Whether its new connections stay unanswered, so that it gets none or a few to try it.
        public var isEjected = false
        /// How many tenths of its share it has so far (`viaduct.io/slow-start`); nil: all.
        public var step: Int?
    }

    public var state: ServicePortState
    /// Sorted by address.
    public var endpoints: [Endpoint]

    public func count(_ condition: Endpoint.Condition) -> Int { endpoints.count { $0.condition == condition } }
}

extension ServiceModel {
    public typealias Place = Endpoint.Place

    /// The state of the backends after the last delta, sorted by name and family.
    public func overview() -> [PortOverview] {
        var ports: [PortOverview] = []
        for (slot, record) in records.enumerated() {
            for delivered in record.delivered {
                let state = delivered.state
                let candidates = candidates(Int32(slot), state.service.name, delivered.family)
                let lists = EndpointList.allCases.map { state.endpoints($0) }
                ports.append(
                    PortOverview(
                        state: state,
                        endpoints: candidates.map { candidate in
                            PortOverview.Endpoint(
                                address: candidate.address, condition: candidate.condition,
                                place: candidate.endpoint.place, weight: candidate.weight,
                                isUsed: lists.contains { ($0.endpoint(at: candidate.address)?.weight ?? 0) > 0 },
                                isDrained: candidate.flags.contains(.drained),
                                isEjected: candidate.ejection != nil,
                                step: candidate.step == SlowStart.steps ? nil : candidate.step)
                        }))
            }
        }
        return ports.sorted {
            ($0.state.service.name, $0.state.service.family.rawValue)
                < ($1.state.service.name, $1.state.service.family.rawValue)
        }
    }

    /// The Service port of a frontend, as of the last delta; node ports by their own key.
    public func port(of key: FrontendKey) -> ServicePort? {
        guard let slot = owners[key] else { return nil }
        return records[Int(slot)].delivered.first {
            let service = $0.state.service
            return service.family == key.ip.family && service.name.transport == key.transport
                && (key.isNodePort ? service.nodePort == key.port : service.port == key.port)
        }?.state.service
    }
}

extension EndpointSelection.Candidate {
    fileprivate var condition: PortOverview.Endpoint.Condition {
        flags.contains(.ready) ? .ready : flags.isServingTerminating ? .draining : .notReady
    }
}
