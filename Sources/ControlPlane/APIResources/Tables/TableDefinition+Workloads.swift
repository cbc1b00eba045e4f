package import APIObjects
import JSONStream
import KubeAPI

extension TableDefinition {
    private static let template = [
        Column(name: "Containers", description: "Names of the template's containers.", priority: 1),
        Column(name: "Images", description: "Images of the template's containers.", priority: 1),
    ]
    private static let selector = Column(name: "Selector", description: "Labels of the pods.", priority: 1)

    private static func counted(_ name: String, _ description: String) -> Column {
        Column(name: name, type: "integer", description: description)
    }

    private static func templateCells(_ object: JSONValue) -> [JSONValue] {
        let containers = object["spec"]?["template"]?["spec"]?.items("containers") ?? []
        return ["name", "image"].map { field in .string(containers.map { $0.text(field) }.joined(separator: ",")) }
    }

    static func selectorText(_ selector: JSONValue?) -> JSONValue {
        guard let selector, !selector.isNull else { return "<none>" }
        guard let parsed = LabelSelector(ofObject: selector) else { return "<error>" }
        return .string(parsed.isEmpty ? "<none>" : parsed.query)
    }

    private static func number(_ object: JSONValue, _ part: String, _ field: String) -> JSONValue {
        .integer(object[part]?.number(field) ?? 0)
    }

    private static func readyOf(_ object: JSONValue) -> JSONValue {
        .string("\(object["status"]?.number("readyReplicas") ?? 0)/\(object["spec"]?.number("replicas") ?? 0)")
    }

    static let deployments = TableDefinition(
        columns: [
            .name, Column(name: "Ready", description: "Ready pods, of those wanted."),
            Column(name: "Up-to-date", description: "Pods of the current template."),
            Column(name: "Available", description: "Pods that have been ready long enough."), .age,
        ] + template + [selector]
    ) { object, now in
        [
            name(object), readyOf(object), number(object, "status", "updatedReplicas"),
            number(object, "status", "availableReplicas"), age(object, now),
        ] + templateCells(object) + [selectorText(object["spec"]?["selector"])]
    }

    /// Of ReplicaSets and ReplicationControllers.
    static let replicaSets = TableDefinition(
        columns: [
            .name, counted("Desired", "Pods that are wanted."), counted("Current", "Pods that there are."),
            counted("Ready", "Pods that are ready."), .age,
        ] + template + [selector]
    ) { object, now in
        [
            name(object), number(object, "spec", "replicas"), number(object, "status", "replicas"),
            number(object, "status", "readyReplicas"), age(object, now),
        ] + templateCells(object) + [selectorText(object["spec"]?["selector"])]
    }

    static let daemonSets = TableDefinition(
        columns: [
            .name, counted("Desired", "Nodes that should run a pod."),
            counted("Current", "Nodes that run a pod and should."), counted("Ready", "Nodes with a ready pod."),
            counted("Up-to-date", "Nodes with a pod of the current template."),
            counted("Available", "Nodes with an available pod."),
            Column(name: "Node Selector", description: "Labels of the nodes."), .age,
        ] + template + [selector]
    ) { object, now in
        let counts = [
            "desiredNumberScheduled", "currentNumberScheduled", "numberReady", "updatedNumberScheduled",
            "numberAvailable",
        ]
        let nodes = labels(object["spec"]?["template"]?["spec"]?["nodeSelector"])
        return [name(object)] + counts.map { number(object, "status", $0) } + [.string(nodes), age(object, now)]
            + templateCells(object) + [selectorText(object["spec"]?["selector"])]
    }

    static let statefulSets = TableDefinition(
        columns: [.name, Column(name: "Ready", description: "Ready pods, of those wanted."), .age] + template
    ) { object, now in
        [name(object), readyOf(object), age(object, now)] + templateCells(object)
    }

    static let controllerRevisions = TableDefinition(
        columns: [
            .name, Column(name: "Controller", description: "The object whose state it is."),
            Column(name: "Revision", description: "The number of the revision."), .age,
        ]
    ) { object, now in
        let owner = object["metadata"]?.items("ownerReferences").first { $0.flag("controller") }
        let group = owner?.text("apiVersion").split(separator: "/") ?? []
        let kind = (owner?.text("kind") ?? "").lowercased() + (group.count > 1 ? ".\(group[0])" : "")
        let controller = owner.map { "\(kind)/\($0.text("name"))" } ?? "<none>"
        return [name(object), .string(controller), .integer(object.number("revision")), age(object, now)]
    }

    static let podTemplates = TableDefinition(
        columns: [
            .name, Column(name: "Containers", description: "Names of the template's containers."),
            Column(name: "Images", description: "Images of the template's containers."),
            Column(name: "Pod Labels", description: "Labels of the template."),
        ]
    ) { object, _ in
        [name(object)] + templateCells(["spec": object])
            + [.string(labels(object["template"]?["metadata"]?["labels"]))]
    }

    package static let scales = TableDefinition(
        columns: [
            .name, counted("Desired", "Pods that are wanted."), counted("Available", "Pods that there are."), .age,
        ]
    ) { object, now in
        [name(object), number(object, "spec", "replicas"), number(object, "status", "replicas"), age(object, now)]
    }

    static let podDisruptionBudgets = TableDefinition(
        columns: [
            .name, Column(name: "Min Available", description: "Pods that must stay."),
            Column(name: "Max Unavailable", description: "Pods that may be missing."),
            counted("Allowed Disruptions", "Evictions that are allowed now."), .age,
        ]
    ) { object, now in
        func amount(_ field: String) -> JSONValue {
            switch object["spec"]?[field] {
            case .integer(let number)?: .string("\(number)")
            case .string(let text)?: .string(text)
            default: "N/A"
            }
        }
        return [
            name(object), amount("minAvailable"), amount("maxUnavailable"),
            number(object, "status", "disruptionsAllowed"), age(object, now),
        ]
    }

    // MARK: Jobs

    static let jobs = TableDefinition(
        columns: [
            .name, Column(name: "Status", description: "What the job does."),
            Column(name: "Completions", description: "Pods that succeeded, of those wanted."),
            Column(name: "Duration", description: "How long it took."), .age,
        ] + template + [selector]
    ) { object, now in
        let status = object["status"] ?? [:]
        let spec = object["spec"] ?? [:]
        let succeeded = status.number("succeeded")
        let parallelism = spec.number("parallelism")
        let completions =
            spec["completions"]?.integerValue.map { "\(succeeded)/\($0)" }
            ?? (parallelism > 1 ? "\(succeeded)/1 of \(parallelism)" : "\(succeeded)/1")
        let start = Timestamp(status.text("startTime"))
        let end = Timestamp(status.text("completionTime")) ?? now
        let duration = start.map { Self.duration(max(0, (end.microseconds - $0.microseconds) / 1_000_000)) } ?? ""
        return [
            name(object), .string(jobStatus(object)), .string(completions), .string(duration), age(object, now),
        ] + templateCells(object) + [selectorText(spec["selector"])]
    }

    private static func jobStatus(_ job: JSONValue) -> String {
        let current = Set(
            (job["status"]?.items("conditions") ?? []).filter { $0.text("status") == "True" }.map { $0.text("type") })
        if current.contains("Complete") { return "Complete" }
        if current.contains("Failed") { return "Failed" }
        if job["metadata"]?["deletionTimestamp"] != nil { return "Terminating" }
        return ["Suspended", "FailureTarget", "SuccessCriteriaMet"].first(where: current.contains) ?? "Running"
    }

    static let cronJobs = TableDefinition(
        columns: [
            .name, Column(name: "Schedule", description: "When it runs."),
            Column(name: "Timezone", description: "The time zone of the schedule."),
            Column(name: "Suspend", type: "boolean", description: "Whether it waits."),
            counted("Active", "Jobs that run."),
            Column(name: "Last Schedule", description: "When it was started last."),
            .age,
        ] + template + [selector]
    ) { object, now in
        let spec = object["spec"] ?? [:]
        let last = object["status"]?.text("lastScheduleTime") ?? ""
        let suspend = spec["suspend"]?.boolValue.map { $0 ? "True" : "False" } ?? "<unset>"
        return [
            name(object), .string(spec.text("schedule")), .string(spec["timeZone"]?.stringValue ?? "<none>"),
            .string(suspend), .integer(Int64(object["status"]?.items("active").count ?? 0)),
            last.isEmpty ? "<none>" : since(last, now), age(object, now),
        ] + templateCells(["spec": spec["jobTemplate"]?["spec"] ?? [:]])
            + [selectorText(spec["jobTemplate"]?["spec"]?["selector"])]
    }
}
