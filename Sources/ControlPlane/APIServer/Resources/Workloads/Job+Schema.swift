/// Fields and protobuf numbers are those of batch/v1.
extension StructSchema {
    static let job = root(
        "Job", "Pods that run to their end.",
        [
            Field(2, "spec", .object(jobSpec), .always, "The desired state."),
            Field(3, "status", .object(jobStatus), .always, "The observed state."),
        ])

    static let jobSpec = StructSchema(
        "JobSpec", "A job spec.",
        [
            Field(1, "parallelism", .int32, .pointer, "How many pods run at once; 1 if left out."),
            Field(2, "completions", .int32, .pointer, "How many pods must succeed; 1 if left out."),
            Field(3, "activeDeadlineSeconds", .int64, .pointer, "Seconds after which the job is ended."),
            Field(11, "podFailurePolicy", .object(podFailurePolicy), .pointer, "The pod failure policy."),
            Field(16, "successPolicy", .object(successPolicy), .pointer, "The success policy."),
            Field(7, "backoffLimit", .int32, .pointer, "How many failures are tolerated; 6 if left out."),
            Field(12, "backoffLimitPerIndex", .int32, .pointer, "The backoff limit per index."),
            Field(13, "maxFailedIndexes", .int32, .pointer, "The max failed indexes."),
            Field(
                4, "selector", .object(labelSelector), .pointer, atomic: true, "Labels of the pods that belong to it."),
            Field(5, "manualSelector", .bool, .pointer, "The manual selector."),
            Field(6, "template", .object(podTemplateSpec), .always, required: true, "The pods to make."),
            Field(8, "ttlSecondsAfterFinished", .int32, .pointer, "Seconds after which a finished job is deleted."),
            Field(9, "completionMode", .string, .pointer, "NonIndexed (the default) or Indexed."),
            Field(10, "suspend", .bool, .pointer, "Whether it waits."),
            Field(14, "podReplacementPolicy", .string, .pointer, "The pod replacement policy."),
            Field(15, "managedBy", .string, .pointer, "The managed by."),
        ])

    static let podFailurePolicy = StructSchema(
        "PodFailurePolicy", "A pod failure policy.",
        [
            Field(1, "rules", .array(.object(podFailurePolicyRule)), .always, required: true, "The rules.")
        ])

    static let podFailurePolicyRule = StructSchema(
        "PodFailurePolicyRule", "A pod failure policy rule.",
        [
            Field(1, "action", .string, .always, required: true, "What is done."),
            Field(2, "onExitCodes", .object(podFailurePolicyOnExitCodesRequirement), .pointer, "The on exit codes."),
            Field(
                3, "onPodConditions", .array(.object(podFailurePolicyOnPodConditionsPattern)), "The on pod conditions."),
        ])

    static let podFailurePolicyOnExitCodesRequirement = StructSchema(
        "PodFailurePolicyOnExitCodesRequirement", "A pod failure policy on exit codes requirement.",
        [
            Field(1, "containerName", .string, .pointer, "The name of the container."),
            Field(2, "operator", .string, .always, required: true, "How key and values are compared."),
            Field(3, "values", .array(.int32), .always, required: true, list: .set, "The values."),
        ])

    static let podFailurePolicyOnPodConditionsPattern = StructSchema(
        "PodFailurePolicyOnPodConditionsPattern", "A pod failure policy on pod conditions pattern.",
        [
            Field(1, "type", .string, .always, required: true, "The type."),
            Field(2, "status", .string, .always, "The observed state."),
        ])

    static let successPolicy = StructSchema(
        "SuccessPolicy", "A success policy.",
        [
            Field(1, "rules", .array(.object(successPolicyRule)), .always, required: true, "The rules.")
        ])

    static let successPolicyRule = StructSchema(
        "SuccessPolicyRule", "A success policy rule.",
        [
            Field(1, "succeededIndexes", .string, .pointer, "The succeeded indexes."),
            Field(2, "succeededCount", .int32, .pointer, "The succeeded count."),
        ])

    static let jobStatus = StructSchema(
        "JobStatus", "A job status.",
        [
            Field(1, "conditions", .array(.object(jobCondition)), mergeKey: "type", "Current conditions."),
            Field(2, "startTime", .time, .pointer, "When it was taken up."),
            Field(3, "completionTime", .time, .pointer, "When it was done."),
            Field(4, "active", .int32, "What runs."),
            Field(5, "succeeded", .int32, "What succeeded."),
            Field(6, "failed", .int32, "What failed."),
            Field(11, "terminating", .int32, .pointer, "The terminating."),
            Field(7, "completedIndexes", .string, "The completed indexes."),
            Field(10, "failedIndexes", .string, .pointer, "The failed indexes."),
            Field(
                8, "uncountedTerminatedPods", .object(uncountedTerminatedPods), .pointer,
                "The uncounted terminated pods."),
            Field(9, "ready", .int32, .pointer, "Whether it is ready."),
        ])

    static let jobCondition = StructSchema(
        "JobCondition", "A job condition.",
        [
            Field(1, "type", .string, .always, required: true, "The type."),
            Field(2, "status", .string, .always, required: true, "The observed state."),
            Field(3, "lastProbeTime", .time, .always, "When it was last looked at."),
            Field(4, "lastTransitionTime", .time, .always, "When the status changed last."),
            Field(5, "reason", .string, "A word for the state."),
            Field(6, "message", .string, "A text for people."),
        ])

    static let uncountedTerminatedPods = StructSchema(
        "UncountedTerminatedPods", "A uncounted terminated pods.",
        [
            Field(1, "succeeded", .array(.string), list: .set, "What succeeded."),
            Field(2, "failed", .array(.string), list: .set, "What failed."),
        ])

    static let cronJob = root(
        "CronJob", "Jobs at certain times.",
        [
            Field(2, "spec", .object(cronJobSpec), .always, "The desired state."),
            Field(3, "status", .object(cronJobStatus), .always, "The observed state."),
        ])

    static let cronJobSpec = StructSchema(
        "CronJobSpec", "A cron job spec.",
        [
            Field(1, "schedule", .string, .always, required: true, "When it runs, in the form of cron."),
            Field(8, "timeZone", .string, .pointer, "The time zone of the schedule."),
            Field(2, "startingDeadlineSeconds", .int64, .pointer, "How late a run may start."),
            Field(3, "concurrencyPolicy", .string, "Allow (the default), Forbid or Replace."),
            Field(4, "suspend", .bool, .pointer, "Whether it waits."),
            Field(5, "jobTemplate", .object(jobTemplateSpec), .always, required: true, "The jobs to make."),
            Field(6, "successfulJobsHistoryLimit", .int32, .pointer, "How many finished jobs are kept; 3 if left out."),
            Field(7, "failedJobsHistoryLimit", .int32, .pointer, "How many failed jobs are kept; 1 if left out."),
        ])

    static let jobTemplateSpec = StructSchema(
        "JobTemplateSpec", "A job template spec.",
        [
            Field(1, "metadata", .object(objectMeta), .always, "Standard metadata."),
            Field(2, "spec", .object(jobSpec), .always, "The desired state."),
        ])

    static let cronJobStatus = StructSchema(
        "CronJobStatus", "A cron job status.",
        [
            Field(1, "active", .array(.object(objectReference)), "What runs."),
            Field(4, "lastScheduleTime", .time, .pointer, "When it was last started."),
            Field(5, "lastSuccessfulTime", .time, .pointer, "When it last succeeded."),
        ])
}
