import KubeAPI

/// What disruption budgets say about a set of pods that would be made to leave together.
enum DisruptionBudgets {
    /// Splits the pods, whose order stays, into those that a budget would rather keep and others.
    static func split(
        _ pods: [PodInfo], by budgets: some Collection<PodDisruptionBudget>
    ) -> (violating: [PodInfo], others: [PodInfo]) {
        var allowed = budgets.map(\.status.disruptionsAllowed)
        var violating: [PodInfo] = []
        var others: [PodInfo] = []
        for pod in pods {
            var isViolated = false
            for (index, budget) in budgets.enumerated() where covers(budget, pod) {
                allowed[index] = allowed[index] -| 1
                if allowed[index] < 0 { isViolated = true }
            }
            if isViolated { violating.append(pod) } else { others.append(pod) }
        }
        return (violating, others)
    }

    /// A pod without labels, and one whose disruption is counted already, is covered by no budget. Nor does a selector
    /// without conditions cover anything here, as upstream has it.
    private static func covers(_ budget: PodDisruptionBudget, _ pod: PodInfo) -> Bool {
        guard budget.metadata.namespace == pod.key.namespace, !pod.labels.isEmpty, let selector = budget.selector,
            !selector.isEmpty, budget.status.disruptedPods[pod.key.name] == nil
        else { return false }
        return selector.matches(pod.labels)
    }
}
