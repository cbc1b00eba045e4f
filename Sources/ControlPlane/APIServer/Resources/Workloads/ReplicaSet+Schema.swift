/// Fields and protobuf numbers are those of apps/v1.
extension StructSchema {
    static let replicaSet = root(
        "ReplicaSet", "A number of equal pods.",
        [
            Field(2, "spec", .object(replicaSetSpec), .always, "The desired state."),
            Field(3, "status", .object(replicaSetStatus), .always, "The observed state."),
        ])

    static let replicaSetSpec = StructSchema(
        "ReplicaSetSpec", "A replica set spec.",
        [
            Field(1, "replicas", .int32, .pointer, "How many pods are wanted; 1 if left out."),
            Field(4, "minReadySeconds", .int32, "Seconds that a pod must be ready to count as available."),
            Field(
                2, "selector", .object(labelSelector), .nullable, required: true, atomic: true,
                "Labels of the pods that belong to it."),
            Field(3, "template", .object(podTemplateSpec), .always, "The pods to make."),
        ])

    static let replicaSetStatus = StructSchema(
        "ReplicaSetStatus", "A replica set status.",
        [
            Field(1, "replicas", .int32, .always, required: true, "How many pods there are."),
            Field(2, "fullyLabeledReplicas", .int32, "Pods that have all labels of the template."),
            Field(4, "readyReplicas", .int32, "Pods that are ready."),
            Field(5, "availableReplicas", .int32, "Pods that have been ready for minReadySeconds."),
            Field(7, "terminatingReplicas", .int32, .pointer, "Pods that are ending."),
            Field(3, "observedGeneration", .int64, "The generation that the status was set for."),
            Field(
                6, "conditions", .array(.object(replicaSetCondition)), mergeKey: "type", list: .map(["type"]),
                "Current conditions."),
        ])

    static let replicaSetCondition = StructSchema(
        "ReplicaSetCondition", "A replica set condition.",
        [
            Field(1, "type", .string, .always, required: true, "The type."),
            Field(2, "status", .string, .always, required: true, "The observed state."),
            Field(3, "lastTransitionTime", .time, .always, "When the status changed last."),
            Field(4, "reason", .string, "A word for the state."),
            Field(5, "message", .string, "A text for people."),
        ])
}
