/// Fields and protobuf numbers are those of apps/v1.
extension StructSchema {
    static let deployment = root(
        "Deployment", "A number of equal pods and how they are replaced.",
        [
            Field(2, "spec", .object(deploymentSpec), .always, "The desired state."),
            Field(3, "status", .object(deploymentStatus), .always, "The observed state."),
        ])

    static let deploymentSpec = StructSchema(
        "DeploymentSpec", "A deployment spec.",
        [
            Field(1, "replicas", .int32, .pointer, "How many pods are wanted; 1 if left out."),
            Field(
                2, "selector", .object(labelSelector), .nullable, required: true, atomic: true,
                "Labels of the pods that belong to it."),
            Field(3, "template", .object(podTemplateSpec), .always, required: true, "The pods to make."),
            Field(4, "strategy", .object(deploymentStrategy), .always, "How old pods are replaced."),
            Field(5, "minReadySeconds", .int32, "Seconds that a pod must be ready to count as available."),
            Field(6, "revisionHistoryLimit", .int32, .pointer, "How many old revisions are kept; 10 if left out."),
            Field(7, "paused", .bool, "Whether changes of the template wait."),
            Field(
                9, "progressDeadlineSeconds", .int32, .pointer,
                "Seconds after which a rollout without progress counts as failed; 600 if left out."),
        ])

    static let deploymentStrategy = StructSchema(
        "DeploymentStrategy", "A deployment strategy.",
        [
            Field(1, "type", .string, "RollingUpdate (the default) or Recreate."),
            Field(2, "rollingUpdate", .object(rollingUpdateDeployment), .pointer, "Settings of RollingUpdate."),
        ])

    static let rollingUpdateDeployment = StructSchema(
        "RollingUpdateDeployment", "A rolling update deployment.",
        [
            Field(
                1, "maxUnavailable", .intOrString, .pointer,
                "How many pods may be missing meanwhile, as a number or a percentage."),
            Field(
                2, "maxSurge", .intOrString, .pointer,
                "How many more pods there may be meanwhile, as a number or a percentage."),
        ])

    static let deploymentStatus = StructSchema(
        "DeploymentStatus", "A deployment status.",
        [
            Field(1, "observedGeneration", .int64, "The generation that the status was set for."),
            Field(2, "replicas", .int32, "How many pods there are."),
            Field(3, "updatedReplicas", .int32, "Pods of the current template."),
            Field(7, "readyReplicas", .int32, "Pods that are ready."),
            Field(4, "availableReplicas", .int32, "Pods that have been ready for minReadySeconds."),
            Field(5, "unavailableReplicas", .int32, "Pods that are still missing."),
            Field(9, "terminatingReplicas", .int32, .pointer, "Pods that are ending."),
            Field(
                6, "conditions", .array(.object(deploymentCondition)), mergeKey: "type", list: .map(["type"]),
                "Current conditions."),
            Field(8, "collisionCount", .int32, .pointer, "How often a generated name was taken."),
        ])

    static let deploymentCondition = StructSchema(
        "DeploymentCondition", "A deployment condition.",
        [
            Field(1, "type", .string, .always, required: true, "The type."),
            Field(2, "status", .string, .always, required: true, "The observed state."),
            Field(6, "lastUpdateTime", .time, .always, "When the condition was set last."),
            Field(7, "lastTransitionTime", .time, .always, "When the status changed last."),
            Field(4, "reason", .string, "A word for the state."),
            Field(5, "message", .string, "A text for people."),
        ])
}
