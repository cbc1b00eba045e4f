import KubeAPI
import NetworkAddress

/// All that the model knows under one Service name.
struct ServiceRecord: Sendable {
    var key: ObjectKey
    /// nil if there is no such Service, or none that is proxied.
    var service: ParsedService?
    /// Sorted by name, so that the result does not depend on the order of arrival.
    var slices: [ParsedSlice] = []
    /// What the last delta left the backends with.
    var delivered: [DeliveredPort] = []
}

struct DeliveredPort: Sendable {
    var state: ServicePortState
    /// Endpoints that flows may go on to (see ``FlowTargets``), topology aside: on any node, and on this one where a
    /// policy asks for that. Sorted.
    private var everywhere: [EndpointAddress]
    private var here: [EndpointAddress]

    init(_ state: ServicePortState, _ candidates: [EndpointSelection.Candidate]) {
        self.state = state
        let service = state.service
        let isSCTP = service.name.transport == .sctp
        let needed: EndpointFlags = isSCTP ? [] : .serving
        everywhere = Self.endpoints(candidates, with: needed, sharing: state.clusterEndpoints)
        here =
            service.usesLocalEndpoints && !isSCTP
            ? Self.endpoints(candidates, with: [needed, .local], sharing: state.localEndpoints) : []
    }

    /// `known` is taken where it is the same, so that it is in memory once.
    private static func endpoints(
        _ candidates: [EndpointSelection.Candidate], with flags: EndpointFlags, sharing known: [EndpointAddress]
    ) -> [EndpointAddress] {
        let found = candidates.lazy.filter { $0.flags.isSuperset(of: flags) }.map(\.address)
        return found.elementsEqual(known) ? known : Array(found)
    }

    var family: IPFamily { state.service.clusterIP.family }

    func isSamePort(as other: DeliveredPort) -> Bool {
        family == other.family && state.service.name == other.state.service.name
    }

    /// Where the flows of one of its frontends may lead to.
    func targets(of frontend: Frontend) -> FlowTargets {
        let service = state.service
        // As a TCP connection, an association that is there outlasts a change of policy.
        if service.name.transport == .sctp { return FlowTargets(everywhere) }
        if frontend.ip == service.clusterIP { return FlowTargets(service.internalPolicyLocal ? here : everywhere) }
        return FlowTargets(inside: everywhere, outside: service.externalPolicyLocal ? here : everywhere)
    }
}
