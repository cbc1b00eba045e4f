import KubeAPI

/// How sure a pod may be of its resources (`status.qosClass`).
enum QualityOfService: String, Hashable, Sendable {
    case guaranteed = "Guaranteed"
    case burstable = "Burstable"
    case bestEffort = "BestEffort"

    init(_ spec: PodDefinition) {
        let containers = spec.containers + spec.initContainers
        let counted = ["cpu", "memory"]
        let amounts = containers.map { container in
            counted.map { (container.requests[$0] ?? container.limits[$0], container.limits[$0]) }
        }
        func isSet(_ text: String?) -> Bool { text.flatMap { ResourceAmount($0) }.map { $0 > .zero } ?? false }
        guard amounts.contains(where: { $0.contains { isSet($0.0) || isSet($0.1) } }) else {
            self = .bestEffort
            return
        }
        let isGuaranteed = amounts.allSatisfy { pairs in
            pairs.allSatisfy { request, limit in
                guard isSet(limit), let request, let limit else { return false }
                return ResourceAmount(request) == ResourceAmount(limit)
            }
        }
        self = isGuaranteed ? .guaranteed : .burstable
    }
}
