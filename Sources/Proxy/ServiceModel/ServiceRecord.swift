import KubeAPI
import NetworkAddress

/// Everything that the model knows about one Service name.
struct ServiceRecord: Sendable {
    var key: ObjectKey
    /// nil if there is no such Service, or none that is proxied.
    var service: ParsedService?
    /// Sorted by name, so that the result does not depend on the order of arrival.
    var slices: [ParsedSlice] = []
    /// What the last delta left the backends with.
    var delivered: [DeliveredPort] = []

    /// In a slot that is free.
    static let empty = ServiceRecord(key: ObjectKey(namespace: "", name: ""))
}

struct DeliveredPort: Sendable {
    var state: ServicePortState
    /// Endpoints that flows may go on to (see ``FlowTargets``), topology aside: on any node, and on this one where a
    /// policy asks for that. Sorted.
    private var everywhere: [Endpoint]
    private var here: [Endpoint]

    init(_ state: ServicePortState, _ candidates: [EndpointSelection.Candidate]) {
        self.state = state
        let service = state.service
        let isSCTP = service.name.transport == .sctp
        let needed: EndpointFlags = isSCTP ? [] : .serving
        everywhere = Self.endpoints(candidates, with: needed, sharing: state.endpoints(.cluster))
        here =
            service.uses(.local) && !isSCTP
            ? Self.endpoints(candidates, with: [needed, .local], sharing: state.endpoints(.local)) : []
    }

    /// `known` is taken where it is the same, so that it is in memory once.
    private static func endpoints(
        _ candidates: [EndpointSelection.Candidate], with flags: EndpointFlags, sharing known: [Endpoint]
    ) -> [Endpoint] {
        let found = candidates.lazy.filter { $0.flags.isSuperset(of: flags) }.map(\.endpoint)
        return found.elementsEqual(known) ? known : Array(found)
    }

    var family: IPFamily { state.service.family }

    func isSamePort(as other: DeliveredPort) -> Bool {
        family == other.family && state.service.name == other.state.service.name
    }

    /// Where the flows of one of its frontends may lead to.
    func targets(of frontend: Frontend) -> FlowTargets {
        // As a TCP connection, an association that is there outlasts a change of policy.
        if frontend.key.transport == .sctp { return FlowTargets(everywhere) }
        func targets(_ list: EndpointList) -> [Endpoint] { list == .local ? here : everywhere }
        return FlowTargets(inside: targets(frontend.inside), outside: targets(frontend.outside))
    }
}
