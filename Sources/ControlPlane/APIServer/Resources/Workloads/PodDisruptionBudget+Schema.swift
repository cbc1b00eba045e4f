/// Fields and protobuf numbers are those of policy/v1.
extension StructSchema {
    static let podDisruptionBudget = root(
        "PodDisruptionBudget", "How many pods may be missing at once.",
        [
            Field(2, "spec", .object(podDisruptionBudgetSpec), .always, "The desired state."),
            Field(3, "status", .object(podDisruptionBudgetStatus), .always, "The observed state."),
        ])

    static let podDisruptionBudgetSpec = StructSchema(
        "PodDisruptionBudgetSpec", "A pod disruption budget spec.",
        [
            Field(1, "minAvailable", .intOrString, .pointer, "How many pods must stay, as a number or a percentage."),
            Field(
                2, "selector", .object(labelSelector), .pointer, atomic: true, "Which pods are meant, by their labels."),
            Field(
                3, "maxUnavailable", .intOrString, .pointer,
                "How many pods may be missing, as a number or a percentage."),
            Field(
                4, "unhealthyPodEvictionPolicy", .string, .pointer,
                "IfHealthyBudget (the default) or AlwaysAllow, for pods that are not ready."),
        ])

    static let podDisruptionBudgetStatus = StructSchema(
        "PodDisruptionBudgetStatus", "A pod disruption budget status.",
        [
            Field(1, "observedGeneration", .int64, "The generation that the status was set for."),
            Field(2, "disruptedPods", .map(.time), "Pods whose eviction was allowed, with its time."),
            Field(3, "disruptionsAllowed", .int32, .always, "How many evictions are allowed now."),
            Field(4, "currentHealthy", .int32, .always, "How many pods are healthy."),
            Field(5, "desiredHealthy", .int32, .always, "How many pods must be healthy."),
            Field(6, "expectedPods", .int32, .always, "How many pods there should be."),
            Field(
                7, "conditions", .array(.object(condition)), mergeKey: "type", list: .map(["type"]),
                "Current conditions."),
        ])

    static let eviction = root(
        "Eviction", "The wish to remove a pod, as far as budgets allow.",
        [
            Field(2, "deleteOptions", .object(deleteOptions), .pointer, "Options of the deletion.")
        ])
}
