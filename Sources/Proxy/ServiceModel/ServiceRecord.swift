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
    /// For UDP only: endpoints that serve, in any state and on any node, sorted. Flows to them are not stale.
    var servingEndpoints: [EndpointAddress]

    var family: IPFamily { state.service.clusterIP.family }

    func isSamePort(as other: DeliveredPort) -> Bool {
        family == other.family && state.service.name == other.state.service.name
    }
}
