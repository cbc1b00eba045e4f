/// Fields and protobuf numbers are those of apps/v1.
extension StructSchema {
    static let daemonSet = root(
        "DaemonSet", "A pod on each node.",
        [
            Field(2, "spec", .object(daemonSetSpec), .always, "The desired state."),
            Field(3, "status", .object(daemonSetStatus), .always, "The observed state."),
        ])

    static let daemonSetSpec = StructSchema(
        "DaemonSetSpec", "A daemon set spec.",
        [
            Field(
                1, "selector", .object(labelSelector), .nullable, required: true, atomic: true,
                "Labels of the pods that belong to it."),
            Field(2, "template", .object(podTemplateSpec), .always, required: true, "The pods to make."),
            Field(3, "updateStrategy", .object(daemonSetUpdateStrategy), .always, "How old pods are replaced."),
            Field(4, "minReadySeconds", .int32, "Seconds that a pod must be ready to count as available."),
            Field(6, "revisionHistoryLimit", .int32, .pointer, "How many old revisions are kept; 10 if left out."),
        ])

    static let daemonSetUpdateStrategy = StructSchema(
        "DaemonSetUpdateStrategy", "A daemon set update strategy.",
        [
            Field(1, "type", .string, "RollingUpdate (the default) or OnDelete."),
            Field(2, "rollingUpdate", .object(rollingUpdateDaemonSet), .pointer, "Settings of RollingUpdate."),
        ])

    static let rollingUpdateDaemonSet = StructSchema(
        "RollingUpdateDaemonSet", "A rolling update daemon set.",
        [
            Field(
                1, "maxUnavailable", .intOrString, .pointer,
                "How many pods may be missing meanwhile, as a number or a percentage."),
            Field(
                2, "maxSurge", .intOrString, .pointer,
                "How many more pods there may be meanwhile, as a number or a percentage."),
        ])

    static let daemonSetStatus = StructSchema(
        "DaemonSetStatus", "A daemon set status.",
        [
            Field(1, "currentNumberScheduled", .int32, .always, required: true, "Nodes that run a pod and should."),
            Field(2, "numberMisscheduled", .int32, .always, required: true, "Nodes that run a pod and should not."),
            Field(3, "desiredNumberScheduled", .int32, .always, required: true, "Nodes that should run a pod."),
            Field(4, "numberReady", .int32, .always, required: true, "Nodes with a ready pod."),
            Field(5, "observedGeneration", .int64, "The generation that the status was set for."),
            Field(6, "updatedNumberScheduled", .int32, "Nodes with a pod of the current template."),
            Field(7, "numberAvailable", .int32, "Nodes with an available pod."),
            Field(8, "numberUnavailable", .int32, "Nodes without an available pod."),
            Field(9, "collisionCount", .int32, .pointer, "How often a generated name was taken."),
            Field(
                10, "conditions", .array(.object(daemonSetCondition)), mergeKey: "type", list: .map(["type"]),
                "Current conditions."),
        ])

    static let daemonSetCondition = StructSchema(
        "DaemonSetCondition", "A daemon set condition.",
        [
            Field(1, "type", .string, .always, required: true, "The type."),
            Field(2, "status", .string, .always, required: true, "The observed state."),
            Field(3, "lastTransitionTime", .time, .always, "When the status changed last."),
            Field(4, "reason", .string, "A word for the state."),
            Field(5, "message", .string, "A text for people."),
        ])
}
