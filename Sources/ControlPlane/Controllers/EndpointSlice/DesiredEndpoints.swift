import KubeAPI
import NetworkAddress

/// The endpoints of one family that the pods of a Service make, apart by the ports that they have: named target ports
/// may have other numbers in other pods.
struct DesiredEndpoints {
    struct Group {
        var ports: [ManagedEndpointSlice.Port]
        var endpoints: [ManagedEndpointSlice.Endpoint] = []
    }

    private(set) var groups: [Group] = []
    private var indexes: [[ManagedEndpointSlice.Port]: Int] = [:]

    /// - Parameter node: the node of a name; a pod whose node is not known is left out, unless the Service wants its
    ///   pods published whatever their state.
    init(_ service: ManagedService, _ pods: [Pod], family: IPFamily, node: (String) -> Node?) {
        for pod in pods where !pod.isFinished && !pod.status.podIPs.isEmpty {
            let host = node(pod.spec.nodeName)
            guard host != nil || service.publishNotReadyAddresses else { continue }
            let addresses = pod.status.podIPs.compactMap { IPAddress($0) }.filter { $0.family == family }
            guard !addresses.isEmpty else { continue }
            // Ports that the pod has not are left out.
            add(Self.endpoint(service, pod, addresses, host), service.ports.compactMap { pod.endpointPort($0) })
        }
    }

    /// The endpoints that come with these ports, in whatever order.
    subscript(ports: [ManagedEndpointSlice.Port]) -> Group? { indexes[ports.sorted()].map { groups[$0] } }

    private mutating func add(_ endpoint: ManagedEndpointSlice.Endpoint, _ ports: [ManagedEndpointSlice.Port]) {
        let sorted = ports.sorted()
        let index = indexes[sorted] ?? groups.count
        if index == groups.count {
            indexes[sorted] = index
            groups.append(Group(ports: ports))
        }
        groups[index].endpoints.append(endpoint)
    }

    private static func endpoint(
        _ service: ManagedService, _ pod: Pod, _ addresses: [IPAddress], _ node: Node?
    ) -> ManagedEndpointSlice.Endpoint {
        let isTerminating = pod.metadata.isBeingDeleted
        let isReady = service.publishNotReadyAddresses || pod.isReady && !isTerminating
        let zone = node?.metadata.labels[Node.zoneLabel] ?? ""
        var routing = EndpointSlice.Endpoint(
            addresses: addresses.map(\.description), ready: isReady, serving: pod.isReady, terminating: isTerminating,
            nodeName: pod.spec.nodeName.isEmpty ? nil : pod.spec.nodeName, zone: zone.isEmpty ? nil : zone)
        // Those that take no traffic need no hints.
        if isReady, let preference = TrafficPreference(service) {
            routing.zoneHints = routing.zone.map { [$0] } ?? []
            if preference == .sameNode { routing.nodeHints = routing.nodeName.map { [$0] } ?? [] }
        }
        return ManagedEndpointSlice.Endpoint(
            routing, hostname: pod.hostname(for: service), targetRef: ObjectReference(pod))
    }
}

/// What `spec.trafficDistribution` asks for.
enum TrafficPreference {
    case sameZone
    case sameNode

    /// Nil: no preference. The older annotation for topology, where it is set, wins over the field.
    init?(_ service: ManagedService) {
        let annotations = service.metadata.annotations
        let mode =
            annotations["service.kubernetes.io/topology-aware-hints"]
            ?? annotations["service.kubernetes.io/topology-mode"]
        guard mode?.lowercased() != "auto" else { return nil }
        switch service.trafficDistribution {
        case "PreferClose", "PreferSameZone": self = .sameZone
        case "PreferSameNode": self = .sameNode
        default: return nil
        }
    }
}

extension ManagedEndpointSlice.Endpoint {
    /// What makes two endpoints the same one, whose state may have changed.
    struct Identity: Hashable {
        var addresses: [String]
        var hostname: String?
        var namespace: String?
        var name: String?
    }

    var identity: Identity {
        Identity(
            addresses: routing.addresses.sorted(), hostname: hostname, namespace: targetRef?.namespace,
            name: targetRef?.name)
    }
}
