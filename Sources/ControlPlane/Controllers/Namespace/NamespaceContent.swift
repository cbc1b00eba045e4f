import KubeAPI

/// What became of the objects of a namespace that is being deleted. Pure.
struct NamespaceContent: Equatable {
    /// Why the kinds of objects are not known.
    var discoveryProblem: String?
    /// Why kinds could not be emptied.
    var deletionProblems: [String] = []
    /// Objects left, by `plural.group`.
    var remaining: [String: Int] = [:]
    /// Of those, how many wait for each finalizer.
    var finalizers: [String: Int] = [:]
    /// Seconds until the rest may be gone.
    var estimate = 0

    /// Seconds that objects with finalizers are given.
    static let finalizerEstimate = 15

    /// Seconds after which it is looked again, whatever pods ask for: they may be gone sooner.
    private static let longestEstimate: Int64 = 120

    var isEmpty: Bool { discoveryProblem == nil && deletionProblems.isEmpty && remaining.isEmpty }

    /// Counts objects that are still there after their kind was deleted.
    mutating func add(_ objects: [ObjectMeta], of resource: String) {
        guard !objects.isEmpty else { return }
        remaining[resource, default: 0] += objects.count
        for object in objects {
            for finalizer in object.finalizers { finalizers[finalizer, default: 0] += 1 }
            let grace = min(max(0, object.deletionGracePeriodSeconds ?? 0), Self.longestEstimate)
            estimate = max(estimate, object.finalizers.isEmpty ? Int(grace) : Self.finalizerEstimate)
        }
    }

    /// The conditions of the namespace's status that follow, with those of others kept.
    func conditions(over present: [Condition], at now: Timestamp) -> [Condition] {
        var conditions = present
        for wanted in [discovery, groupVersions, deletion, contentRemaining, finalizersRemaining] {
            if let index = conditions.firstIndex(where: { $0.type == wanted.type }) {
                let old = conditions[index]
                conditions[index] = wanted
                conditions[index].lastTransitionTime =
                    old.status == wanted.status ? old.lastTransitionTime : now.text()
            } else {
                var new = wanted
                new.lastTransitionTime = now.text()
                conditions.append(new)
            }
        }
        return conditions
    }

    private var discovery: Condition {
        let type = "NamespaceDeletionDiscoveryFailure"
        guard let discoveryProblem else {
            return Condition(
                type, "False", reason: "ResourcesDiscovered", message: "All resources successfully discovered")
        }
        return Condition(type, "True", reason: "DiscoveryFailed", message: discoveryProblem)
    }

    private var groupVersions: Condition {
        Condition(
            "NamespaceDeletionGroupVersionParsingFailure", "False", reason: "ParsedGroupVersions",
            message: "All legacy kube types successfully parsed")
    }

    private var deletion: Condition {
        let type = "NamespaceDeletionContentFailure"
        guard !deletionProblems.isEmpty else {
            return Condition(
                type, "False", reason: "ContentDeleted",
                message: "All content successfully deleted, may be waiting on finalization")
        }
        let problems = deletionProblems.sorted().joined(separator: ", ")
        return Condition(
            type, "True", reason: "ContentDeletionFailed",
            message: "Failed to delete all resource types, \(deletionProblems.count) remaining: \(problems)")
    }

    private var contentRemaining: Condition {
        Self.leftover(
            "NamespaceContentRemaining", "SomeResourcesRemain", "Some resources are remaining",
            remaining.map { "\($0.key) has \($0.value) resource instances" })
    }

    private var finalizersRemaining: Condition {
        Self.leftover(
            "NamespaceFinalizersRemaining", "SomeFinalizersRemain",
            "Some content in the namespace has finalizers remaining",
            finalizers.map { "\($0.key) in \($0.value) resource instances" })
    }

    private static func leftover(_ type: String, _ reason: String, _ title: String, _ parts: [String]) -> Condition {
        guard !parts.isEmpty else {
            return Condition(type, "False", reason: "ContentRemoved", message: "All content successfully removed")
        }
        return Condition(
            type, "True", reason: reason, message: "\(title): \(parts.sorted().joined(separator: ", "))")
    }
}
