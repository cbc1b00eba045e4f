/// Fields and protobuf numbers are those of apps/v1.
extension StructSchema {
    static let statefulSet = root(
        "StatefulSet", "Pods with stable names and volumes.",
        [
            Field(2, "spec", .object(statefulSetSpec), .always, "The desired state."),
            Field(3, "status", .object(statefulSetStatus), .always, "The observed state."),
        ])

    static let statefulSetSpec = StructSchema(
        "StatefulSetSpec", "A stateful set spec.",
        [
            Field(1, "replicas", .int32, .pointer, "How many pods are wanted; 1 if left out."),
            Field(
                2, "selector", .object(labelSelector), .nullable, required: true, atomic: true,
                "Labels of the pods that belong to it."),
            Field(3, "template", .object(podTemplateSpec), .always, required: true, "The pods to make."),
            Field(4, "volumeClaimTemplates", .array(.object(persistentVolumeClaim)), "Claims that each pod gets."),
            Field(5, "serviceName", .string, .always, "The service that gives the pods their names."),
            Field(6, "podManagementPolicy", .string, "OrderedReady (the default) or Parallel."),
            Field(7, "updateStrategy", .object(statefulSetUpdateStrategy), .always, "How old pods are replaced."),
            Field(8, "revisionHistoryLimit", .int32, .pointer, "How many old revisions are kept; 10 if left out."),
            Field(9, "minReadySeconds", .int32, "Seconds that a pod must be ready to count as available."),
            Field(
                10, "persistentVolumeClaimRetentionPolicy", .object(statefulSetPersistentVolumeClaimRetentionPolicy),
                .pointer, "What becomes of the claims."),
            Field(11, "ordinals", .object(statefulSetOrdinals), .pointer, "How the pods are numbered."),
        ])

    static let statefulSetUpdateStrategy = StructSchema(
        "StatefulSetUpdateStrategy", "A stateful set update strategy.",
        [
            Field(1, "type", .string, "RollingUpdate (the default) or OnDelete."),
            Field(
                2, "rollingUpdate", .object(rollingUpdateStatefulSetStrategy), .pointer, "Settings of RollingUpdate."),
        ])

    static let rollingUpdateStatefulSetStrategy = StructSchema(
        "RollingUpdateStatefulSetStrategy", "A rolling update stateful set strategy.",
        [
            Field(1, "partition", .int32, .pointer, "Only pods from this ordinal on are updated."),
            Field(
                2, "maxUnavailable", .intOrString, .pointer,
                "How many pods may be missing meanwhile, as a number or a percentage."),
        ])

    static let statefulSetPersistentVolumeClaimRetentionPolicy = StructSchema(
        "StatefulSetPersistentVolumeClaimRetentionPolicy", "A stateful set persistent volume claim retention policy.",
        [
            Field(1, "whenDeleted", .string, "Retain (the default) or Delete, when the set is deleted."),
            Field(2, "whenScaled", .string, "Retain (the default) or Delete, when the set shrinks."),
        ])

    static let statefulSetOrdinals = StructSchema(
        "StatefulSetOrdinals", "A stateful set ordinals.",
        [
            Field(1, "start", .int32, .always, "The first ordinal.")
        ])

    static let statefulSetStatus = StructSchema(
        "StatefulSetStatus", "A stateful set status.",
        [
            Field(1, "observedGeneration", .int64, "The generation that the status was set for."),
            Field(2, "replicas", .int32, .always, required: true, "How many pods there are."),
            Field(3, "readyReplicas", .int32, "Pods that are ready."),
            Field(4, "currentReplicas", .int32, "Pods of the current revision."),
            Field(5, "updatedReplicas", .int32, "Pods of the current template."),
            Field(6, "currentRevision", .string, "The revision of the old pods."),
            Field(7, "updateRevision", .string, "The revision of the new pods."),
            Field(9, "collisionCount", .int32, .pointer, "How often a generated name was taken."),
            Field(
                10, "conditions", .array(.object(statefulSetCondition)), mergeKey: "type", list: .map(["type"]),
                "Current conditions."),
            Field(11, "availableReplicas", .int32, .always, "Pods that have been ready for minReadySeconds."),
        ])

    static let statefulSetCondition = StructSchema(
        "StatefulSetCondition", "A stateful set condition.",
        [
            Field(1, "type", .string, .always, required: true, "The type."),
            Field(2, "status", .string, .always, required: true, "The observed state."),
            Field(3, "lastTransitionTime", .time, .always, "When the status changed last."),
            Field(4, "reason", .string, "A word for the state."),
            Field(5, "message", .string, "A text for people."),
        ])

    static let controllerRevision = root(
        "ControllerRevision", "A saved state of a controlling object.",
        [
            Field(2, "data", .any, .pointer, "The data."),
            Field(3, "revision", .int64, .always, required: true, "The number of the revision."),
        ])
}
