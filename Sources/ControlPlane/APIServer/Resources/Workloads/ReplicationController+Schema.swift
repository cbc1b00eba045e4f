/// Fields and protobuf numbers are those of core/v1.
extension StructSchema {
    static let replicationController = root(
        "ReplicationController", "A number of equal pods. Older than ReplicaSet.",
        [
            Field(2, "spec", .object(replicationControllerSpec), .always, "The desired state."),
            Field(3, "status", .object(replicationControllerStatus), .always, "The observed state."),
        ])

    static let replicationControllerSpec = StructSchema(
        core: "ReplicationControllerSpec", "A replication controller spec.",
        [
            Field(1, "replicas", .int32, .pointer, "How many pods are wanted; 1 if left out."),
            Field(4, "minReadySeconds", .int32, "Seconds that a pod must be ready to count as available."),
            Field(2, "selector", .map(.string), atomic: true, "Labels of the pods that belong to it."),
            Field(3, "template", .object(podTemplateSpec), .pointer, "The pods to make."),
        ])

    static let replicationControllerStatus = StructSchema(
        core: "ReplicationControllerStatus", "A replication controller status.",
        [
            Field(1, "replicas", .int32, .always, required: true, "How many pods there are."),
            Field(2, "fullyLabeledReplicas", .int32, "Pods that have all labels of the template."),
            Field(4, "readyReplicas", .int32, "Pods that are ready."),
            Field(5, "availableReplicas", .int32, "Pods that have been ready for minReadySeconds."),
            Field(3, "observedGeneration", .int64, "The generation that the status was set for."),
            Field(
                6, "conditions", .array(.object(replicationControllerCondition)), mergeKey: "type",
                list: .map(["type"]), "Current conditions."),
        ])

    static let replicationControllerCondition = StructSchema(
        core: "ReplicationControllerCondition", "A replication controller condition.",
        [
            Field(1, "type", .string, .always, required: true, "The type."),
            Field(2, "status", .string, .always, required: true, "The observed state."),
            Field(3, "lastTransitionTime", .time, .always, "When the status changed last."),
            Field(4, "reason", .string, "A word for the state."),
            Field(5, "message", .string, "A text for people."),
        ])

    static let podTemplate = root(
        "PodTemplate", "A description of pods to make.",
        [
            Field(2, "template", .object(podTemplateSpec), .always, "The pods to make.")
        ])
}
