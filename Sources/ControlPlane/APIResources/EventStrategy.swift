package import APIObjects
import APIPods
import JSONStream
import KubeSchema

extension ResourceDefinition {
    package static let events = ResourceDefinition(
        "events", createsOnUpdate: true, strategy: EventStrategy(isGroup: false))

    /// The same objects in the shape of events.k8s.io.
    static let groupEvents = ResourceDefinition(
        "events", group: "events.k8s.io", createsOnUpdate: true, strategy: EventStrategy(isGroup: true),
        conversion: EventConversion.conversion, storage: ("/registry/events/", "v1"))
}

/// Between the two shapes of Events.
enum EventConversion {
    private static let names: [(group: String, core: String)] = [
        ("eventTime", "eventTime"), ("series", "series"), ("reportingController", "reportingComponent"),
        ("reportingInstance", "reportingInstance"), ("action", "action"), ("reason", "reason"),
        ("regarding", "involvedObject"), ("related", "related"), ("note", "message"), ("type", "type"),
        ("deprecatedSource", "source"), ("deprecatedFirstTimestamp", "firstTimestamp"),
        ("deprecatedLastTimestamp", "lastTimestamp"), ("deprecatedCount", "count"),
    ]

    static let conversion = ResourceDefinition.Conversion(
        toStorage: { event in
            var core: JSONValue = ["kind": "Event", "apiVersion": "v1", "metadata": event["metadata"] ?? [:]]
            for name in names where event[name.group] != nil { core[name.core] = event[name.group] }
            for name in ["reportingComponent", "reportingInstance"] where core[name] == nil { core[name] = "" }
            return core
        },
        fromStorage: { core in
            var event: JSONValue = [
                "kind": "Event", "apiVersion": "events.k8s.io/v1", "metadata": core["metadata"] ?? [:],
            ]
            for name in names {
                guard let value = core[name.core], value != "" else { continue }
                event[name.group] = value
            }
            return event
        })
}

/// Rules of Events. Objects come here in the shape of their API group.
struct EventStrategy: ResourceStrategy {
    let isGroup: Bool

    var metadataRules: MetadataRules {
        isGroup ? MetadataRules(update: .change) : MetadataRules(checksNew: false, update: .nothing)
    }

    func validateCreate(_ object: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        let event = stored(object)
        guard isGroup else { return general(event) }
        var errors = general(event) + series(event)
        if event.text("eventTime").isEmpty { errors.append(.required(FieldPath("eventTime"))) }
        let type = event.text("type")
        if !["Normal", "Warning"].contains(type) {
            errors.append(.invalid(FieldPath("type"), "", "has invalid value: \(type)"))
        }
        return errors + deprecated(event)
    }

    /// Only the series and metadata of an event of events.k8s.io change.
    func validateUpdate(_ object: JSONValue, old: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        let (event, before) = (stored(object), stored(old))
        guard isGroup else { return general(event) }
        let changes = Self.immutable.filter {
            (event[$0.field] ?? .null).prunedOfEmpty != (before[$0.field] ?? .null).prunedOfEmpty
        }.map { FieldError.invalid(FieldPath($0.path), event[$0.field] ?? .null, FieldError.immutable) }
        return general(event) + (event["series"] == before["series"] ? [] : series(event)) + changes
    }

    /// In upstream's order, which looks at the reason twice.
    private static let immutable: [(field: String, path: String)] =
        [
            "involvedObject", "reason", "message", "source", "firstTimestamp", "lastTimestamp", "count", "reason",
            "type",
            "eventTime", "action", "related",
        ].map { ($0, $0) } + [
            ("reportingComponent", "reportingController"), ("reportingInstance", "reportingInstance"),
        ]

    /// The rules know events by the core group's names.
    private func stored(_ object: JSONValue) -> JSONValue {
        isGroup ? EventConversion.conversion.toStorage(object) : object
    }

    private func series(_ event: JSONValue) -> [FieldError] {
        guard let series = event["series"], !series.isNull else { return [] }
        var errors: [FieldError] = []
        if series.number("count") < 2 {
            errors.append(.invalid(FieldPath("series.count"), "", "should be at least 2"))
        }
        if series.text("lastObservedTime").isEmpty { errors.append(.required(FieldPath("series.lastObservedTime"))) }
        return errors
    }

    /// What only events of the older kind have.
    private func deprecated(_ event: JSONValue) -> [FieldError] {
        var set = ["firstTimestamp", "lastTimestamp"].filter { !event.text($0).isEmpty }
        if event.number("count") != 0 { set.append("count") }
        if event["source"]?.prunedOfEmpty.objectValue?.isEmpty == false { set.append("source") }
        return set.map { .invalid(FieldPath($0), "", "needs to be unset") }
    }

    /// What holds for events of either group. An event with an eventTime is of the newer kind, by whichever group it
    /// comes.
    private func general(_ event: JSONValue) -> [FieldError] {
        let involved = event["involvedObject"]?.text("namespace") ?? ""
        let own = event["metadata"]?.text("namespace") ?? ""
        let isNewer = !event.text("eventTime").isEmpty
        let agrees =
            involved.isEmpty
            ? ["", "default"].contains(own) || isNewer && own == "kube-system" : isNewer || own == involved
        let namespace: [FieldError] =
            agrees
            ? []
            : [
                .invalid(FieldPath("involvedObject.namespace"), .string(involved), "does not match event.namespace")
            ]
        return namespace + (isNewer ? newer(event) : [])
    }

    private func newer(_ event: JSONValue) -> [FieldError] {
        var errors: [FieldError] = []
        let controller = event.text("reportingComponent")
        let path = FieldPath(isGroup ? "reportingController" : "reportingComponent")
        if controller.isEmpty { errors.append(.required(path)) }
        errors += FieldError.named(controller, path, by: Names.qualifiedName)
        for field in ["reportingInstance", "action", "reason"] {
            let text = event.text(field)
            if text.isEmpty { errors.append(.required(FieldPath(field))) }
            if text.utf8.count > 128 {
                errors.append(.invalid(FieldPath(field), "", "can have at most 128 characters"))
            }
        }
        if event.text("message").utf8.count > 1024 {
            errors.append(.invalid(FieldPath("message"), "", "can have at most 1024 characters"))
        }
        return errors
    }

    private var referenceField: String { isGroup ? "regarding" : "involvedObject" }

    var selectableFields: [String] {
        ["kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"].map {
            "\(referenceField).\($0)"
        }
            + ["reason", "reportingComponent", "source", "type"].filter { !isGroup || $0 != "source" }
    }

    func selectableField(_ label: String, of object: JSONValue) -> String? {
        let prefix = referenceField + "."
        if label.hasPrefix(prefix) { return object[referenceField]?.text(String(label.dropFirst(prefix.count))) ?? "" }
        switch label {
        case "source": return object["source"]?.text("component") ?? ""
        case "reportingComponent": return object.text(isGroup ? "reportingController" : "reportingComponent")
        default: return object.text(label)
        }
    }

    var table: TableDefinition { .events(isGroup: isGroup) }
}
