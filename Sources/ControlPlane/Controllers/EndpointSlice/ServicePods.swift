import KubeAPI
import KubeClient

/// Which pods a Service selects, and which Services select a pod, without going through all of them.
struct ServicePods: Sendable {
    private static let byLabel = "namespace and label"
    private static let bySelector = "namespace and one label of the selector"

    let services: Informer<ManagedService>
    let pods: Informer<Pod>

    init(_ informers: SharedInformers) {
        services = informers.informer(
            indexes: [ObjectIndex(Self.bySelector) { service in Self.firstLabel(service).map { [$0] } ?? [] }])
        pods = informers.informer(
            indexes: [
                ObjectIndex(Self.byLabel) { pod in
                    pod.metadata.labels.map { Self.value(pod.metadata.namespace, $0.key, $0.value) }
                },
                .node,
            ])
    }

    /// Any one label of the selector is enough to find candidates.
    private static func firstLabel(_ service: ManagedService) -> String? {
        guard service.selectsPods else { return nil }
        return service.selector.min { $0.key < $1.key }
            .map { value(service.metadata.namespace, $0.key, $0.value) }
    }

    private static func value(_ namespace: String, _ key: String, _ value: String) -> String {
        "\(namespace) \(key)=\(value)"
    }

    /// Sorted by name.
    func pods(of service: ManagedService) -> [Pod] {
        guard let label = Self.firstLabel(service) else { return [] }
        return pods.cache.objects(Self.byLabel, label).filter(service.selects)
    }

    func pods(on node: String) -> [Pod] { pods.cache.onNode(node) }

    func services(of pod: Pod) -> Set<ObjectKey> {
        var keys: Set<ObjectKey> = []
        for (key, value) in pod.metadata.labels {
            let candidates = services.cache.objects(Self.bySelector, Self.value(pod.metadata.namespace, key, value))
            for service in candidates where service.selects(pod) { keys.insert(service.metadata.key) }
        }
        return keys
    }

    /// The Services whose endpoints may be others after a change of a pod.
    func services(affectedBy change: ObjectTransition<Pod>) -> Set<ObjectKey> {
        if let old = change.old, let new = change.new {
            guard old.endpointAspects != new.endpointAspects else { return [] }
            let now = services(of: new)
            return old.metadata.labels == new.metadata.labels ? now : now.union(services(of: old))
        }
        return change.latest.map(services(of:)) ?? []
    }
}
