import APIObjects
import APIPods
import JSONStream
import KubeSchema

extension ResourceDefinition {
    static let jobs = ResourceDefinition(
        "jobs", group: "batch", strategy: JobStrategy())

    static let cronJobs = ResourceDefinition(
        "cronjobs", group: "batch", strategy: CronJobStrategy())
}

struct JobStrategy: WorkloadStrategy {
    static let status = KubeSchema["batch.v1.JobStatus"]
    private static let prefix = "batch.kubernetes.io/"

    func applyDefaults(_ object: inout JSONValue) {
        let labels = object["spec"]?["template"]?["metadata"]?["labels"]
        object.edit("spec") { spec in
            if spec["completions"] == nil, spec["parallelism"] == nil { spec["completions"] = 1 }
            if spec["parallelism"] == nil { spec["parallelism"] = 1 }
            if spec["backoffLimit"] == nil {
                spec["backoffLimit"] = spec["backoffLimitPerIndex"] == nil ? 6 : .integer(Int64(Int32.max))
            }
            if spec["completionMode"] == nil { spec["completionMode"] = "NonIndexed" }
            if spec["suspend"] == nil { spec["suspend"] = false }
            if spec["podReplacementPolicy"] == nil {
                spec["podReplacementPolicy"] = spec.has("podFailurePolicy") ? "Failed" : "TerminatingOrFailed"
            }
            spec.edit("template", PodDefaults.apply(toTemplate:))
        }
        guard let labels else { return }
        object.editOrMake("metadata") { metadata in
            if (metadata["labels"]?.objectValue ?? [:]).isEmpty { metadata["labels"] = labels }
        }
    }

    var orphansDependents: Bool { true }

    /// Without a selector of its own, a job has one that no other job's pods match.
    func prepareForCreate(_ object: inout JSONValue, _ context: AdmissionContext) {
        object["status"] = Self.status.zero
        guard object["spec"]?.flag("manualSelector") != true else { return }
        let name = object["metadata"]?["name"] ?? ""
        let uid = object["metadata"]?["uid"] ?? ""
        object.edit("spec") { spec in
            spec.editOrMake("template") { template in
                template.editOrMake("metadata") { metadata in
                    metadata.editOrMake("labels") { labels in
                        for prefix in [Self.prefix, ""] {
                            labels["\(prefix)job-name"] = name
                            labels["\(prefix)controller-uid"] = uid
                        }
                    }
                }
            }
            spec.editOrMake("selector") { selector in
                selector.editOrMake("matchLabels") { $0["\(Self.prefix)controller-uid"] = uid }
            }
        }
    }

    func validateCreate(_ object: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        var errors = Self.spec(object["spec"] ?? [:], WorkloadValidation.spec)
        let spec = object["spec"] ?? [:]
        if !spec.has("selector") { errors.append(.required(WorkloadValidation.spec.child("selector"))) }
        return errors + WorkloadValidation.matches(spec, tellsSenseless: false)
    }

    static func spec(_ spec: JSONValue, _ path: FieldPath) -> [FieldError] {
        var errors = WorkloadValidation.negatives(
            spec,
            [
                "parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished",
                "backoffLimitPerIndex", "maxFailedIndexes",
            ], path)
        let mode = spec["completionMode"]?.stringValue
        if let mode, !["Indexed", "NonIndexed"].contains(mode) {
            errors.append(
                .notSupported(path.child("completionMode"), .string(mode), ["Indexed", "NonIndexed"]))
        }
        if mode == "Indexed", !spec.has("completions") {
            errors.append(
                .required(path.child("completions"), "when completion mode is Indexed"))
        }
        errors += PodValidation.template(spec["template"] ?? [:], path.child("template"))
        let restart = path.child("template").child("spec").child("restartPolicy")
        switch spec["template"]?["spec"]?.text("restartPolicy") {
        case "OnFailure"?, "Never"?: break
        default: errors.append(.required(restart, "valid values: \"OnFailure\", \"Never\""))
        }
        return errors
    }

    var metadataRules: MetadataRules { MetadataRules(update: .wholeAndChange) }

    func validateUpdate(_ object: JSONValue, old: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        var errors = validateCreate(object, context)
        let isSuspended = old["spec"]?.flag("suspend") == true && old["status"]?.has("startTime") != true
        for field in ["completions", "selector", "template", "completionMode", "podFailurePolicy", "successPolicy"] {
            if isSuspended, field == "template" { continue }
            let (new, before) = (object["spec"]?[field] ?? .null, old["spec"]?[field] ?? .null)
            guard new.prunedOfEmpty != before.prunedOfEmpty else { continue }
            errors.append(.invalid(WorkloadValidation.spec.child(field), new, FieldError.immutable))
        }
        return errors
    }

    var selectableFields: [String] { ["status.successful"] }

    func selectableField(_ label: String, of object: JSONValue) -> String? {
        "\(object["status"]?.number("succeeded") ?? 0)"
    }

    var table: TableDefinition { .jobs }
}

struct CronJobStrategy: WorkloadStrategy {
    static let status = KubeSchema["batch.v1.CronJobStatus"]
    static let template = "spec.jobTemplate.spec.template"

    var metadataRules: MetadataRules { MetadataRules(update: .change) }

    func applyDefaults(_ object: inout JSONValue) {
        object.edit("spec") { spec in
            spec.setDefault("concurrencyPolicy", "Allow")
            if spec["suspend"] == nil { spec["suspend"] = false }
            if spec["successfulJobsHistoryLimit"] == nil { spec["successfulJobsHistoryLimit"] = 3 }
            if spec["failedJobsHistoryLimit"] == nil { spec["failedJobsHistoryLimit"] = 1 }
            spec.edit("jobTemplate") { template in
                template.edit("spec") { $0.edit("template", PodDefaults.apply(toTemplate:)) }
            }
        }
    }

    /// Names of its jobs are eleven characters longer.
    func validateName(_ name: String) -> [String] {
        Names.dnsSubdomain(name) + (name.utf8.count > 52 ? ["must be no more than 52 characters"] : [])
    }

    func validateCreate(_ object: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        let spec = object["spec"] ?? [:]
        let path = WorkloadValidation.spec
        var errors: [FieldError] = []
        let schedule = spec.text("schedule")
        if schedule.isEmpty {
            errors.append(.required(path.child("schedule")))
        } else if !schedule.hasPrefix("@"), schedule.split(separator: " ").count != 5 {
            errors.append(
                .invalid(
                    path.child("schedule"), .string(schedule),
                    "expected exactly 5 fields, found \(schedule.split(separator: " ").count): \(schedule)"))
        }
        errors += WorkloadValidation.negatives(
            spec, ["startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"])
        errors += FieldError.oneOf(
            ["Allow", "Forbid", "Replace"], spec.text("concurrencyPolicy"), path.child("concurrencyPolicy"))
        let job = spec["jobTemplate"]?["spec"] ?? [:]
        return errors + JobStrategy.spec(job, path.child("jobTemplate").child("spec"))
    }

    var table: TableDefinition { .cronJobs }
}
