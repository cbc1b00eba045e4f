import KubeAPI
import NetworkAddress

/// The Endpoints object that the pods of a Service make. Pure.
struct EndpointsPlan {
    static let managedByLabel = "endpoints.kubernetes.io/managed-by"
    static let controllerName = "endpoint-controller"
    static let overCapacityAnnotation = "endpoints.kubernetes.io/over-capacity"
    /// The most addresses of one object.
    static let capacity = 1000

    /// The object to write; nil: it is right as it is.
    let wanted: Endpoints?

    init(_ service: ManagedService, pods: [Pod], present: Endpoints?, triggerTime: String?) {
        var endpoints =
            present
            ?? Endpoints(metadata: ObjectMeta(name: service.metadata.name, namespace: service.metadata.namespace))
        endpoints.subsets = Self.subsets(service, pods)
        let isTruncated = EndpointSubsets.truncate(&endpoints.subsets, to: Self.capacity)
        endpoints.metadata.labels = Self.labels(service)
        endpoints.metadata.annotations[Self.overCapacityAnnotation] = isTruncated ? "truncated" : nil
        guard endpoints != present else {
            wanted = nil
            return
        }
        endpoints.metadata.annotations[EndpointSlicePlan.triggerTimeAnnotation] = triggerTime
        wanted = endpoints
    }

    private static func labels(_ service: ManagedService) -> [String: String] {
        var labels = service.metadata.labels
        labels[EndpointSlicePlan.headlessLabel] = service.isHeadless ? "" : nil
        labels[managedByLabel] = controllerName
        return labels
    }

    private static func subsets(_ service: ManagedService, _ pods: [Pod]) -> [Endpoints.Subset] {
        var subsets = EndpointSubsets()
        for pod in pods where !pod.isFinished {
            guard !pod.metadata.isBeingDeleted || service.publishNotReadyAddresses,
                let address = address(service, pod)
            else { continue }
            let isReady = pod.isReady || service.publishNotReadyAddresses
            if service.ports.isEmpty {
                if service.clusterIP == "None" { subsets.addWithoutPorts(address, isReady: isReady) }
            } else {
                subsets.add(address, isReady: isReady, ports: service.ports.compactMap { pod.endpointPort($0) })
            }
        }
        return subsets.subsets
    }

    /// The pod's address of the Service's first family; nil if it has none.
    private static func address(_ service: ManagedService, _ pod: Pod) -> Endpoints.Address? {
        let own = pod.status.podIPs.compactMap { IPAddress($0) }
        let family =
            service.ipFamilies.first.flatMap { IPFamily(rawValue: $0) } ?? IPAddress(service.clusterIP)?.family
            ?? own.first?.family
        guard let ip = own.first(where: { $0.family == family }) else { return nil }
        return Endpoints.Address(
            ip.description, hostname: pod.hostname(for: service),
            nodeName: pod.spec.nodeName.isEmpty ? nil : pod.spec.nodeName, targetRef: ObjectReference(pod))
    }
}
