import JSONStream
import OrderedCollections

extension ResourceDefinition {
    static let events = ResourceDefinition(
        kind: "Event", plural: "events", shortNames: ["ev"], isNamespaced: true, createsOnUpdate: true, schema: .event,
        strategy: EventStrategy(isGroup: false))

    /// The same objects in the shape of events.k8s.io.
    static let groupEvents = ResourceDefinition(
        group: "events.k8s.io", kind: "Event", plural: "events", shortNames: ["ev"], isNamespaced: true,
        createsOnUpdate: true, schema: .groupEvent, strategy: EventStrategy(isGroup: true),
        conversion: EventConversion.conversion, storage: ("/registry/events/", "v1"))
}

extension StructSchema {
    private static let eventSource = StructSchema(
        "EventSource", "Who saw the event.",
        [Field("component", .string, "The component."), Field("host", .string, "Its node.")])

    private static let eventSeries = StructSchema(
        "EventSeries", "A repeated event.",
        [
            Field("count", .int32, "How often it happened."),
            Field("lastObservedTime", .microTime, .always, "When it happened last."),
        ])

    static let event = root(
        "Event", "Something that happened to an object.",
        [
            Field("involvedObject", .object(objectReference), .always, required: true, "What it is about."),
            Field("reason", .string, "Why, in a word."),
            Field("message", .string, "What happened, for people."),
            Field("source", .object(eventSource), .always, "Who saw it."),
            Field("firstTimestamp", .time, .always, "When it was first seen."),
            Field("lastTimestamp", .time, .always, "When it was last seen."),
            Field("count", .int32, "How often it was seen."),
            Field("type", .string, "Normal or Warning."),
            Field("eventTime", .microTime, .always, "When it was first seen."),
            Field("series", .object(eventSeries), .pointer, "If it repeats."),
            Field("action", .string, "What was done."),
            Field("related", .object(objectReference), .pointer, "A second object."),
            Field("reportingComponent", .string, .always, "The controller that reports."),
            Field("reportingInstance", .string, .always, "Its instance."),
        ])

    static let groupEvent = root(
        "Event", "Something that happened to an object.",
        [
            Field("eventTime", .microTime, .always, required: true, "When it was first seen."),
            Field("series", .object(eventSeries), .pointer, "If it repeats."),
            Field("reportingController", .string, "The controller that reports."),
            Field("reportingInstance", .string, "Its instance."),
            Field("action", .string, "What was done."),
            Field("reason", .string, "Why, in a word."),
            Field("regarding", .object(objectReference), .always, "What it is about."),
            Field("related", .object(objectReference), .pointer, "A second object."),
            Field("note", .string, "What happened, for people."),
            Field("type", .string, "Normal or Warning."),
            Field("deprecatedSource", .object(eventSource), .always, "Who saw it."),
            Field("deprecatedFirstTimestamp", .time, .always, "When it was first seen."),
            Field("deprecatedLastTimestamp", .time, .always, "When it was last seen."),
            Field("deprecatedCount", .int32, "How often it was seen."),
        ])
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

    func validateCreate(_ object: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        isGroup
            ? validateGroup(object) + series(object) + deprecated(object) + validateNamespace(object, "regarding")
            : validateNamespace(object, "involvedObject")
    }

    /// Only the series and metadata of an event of events.k8s.io change.
    func validateUpdate(_ object: JSONValue, old: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        guard isGroup else { return validateCreate(object, context) }
        let changes = Self.immutable.filter { (object[$0.field] ?? .null) != (old[$0.field] ?? .null) }.map {
            FieldError.invalid(FieldPath($0.path), object[$0.field] ?? .null, "field is immutable")
        }
        return (object["series"] == old["series"] ? [] : series(object)) + changes
    }

    private static let immutable: [(field: String, path: String)] = [
        ("regarding", "involvedObject"), ("reason", "reason"), ("note", "message"), ("deprecatedSource", "source"),
        ("deprecatedFirstTimestamp", "firstTimestamp"), ("deprecatedLastTimestamp", "lastTimestamp"),
        ("deprecatedCount", "count"), ("type", "type"), ("eventTime", "eventTime"), ("action", "action"),
        ("related", "related"), ("reportingController", "reportingController"),
        ("reportingInstance", "reportingInstance"),
    ]

    private func series(_ object: JSONValue) -> [FieldError] {
        guard let series = object["series"] else { return [] }
        var errors: [FieldError] = []
        if series.number("count") < 2 {
            errors.append(.invalid(FieldPath("series.count"), "", "should be at least 2"))
        }
        if series.text("lastObservedTime").isEmpty { errors.append(.required(FieldPath("series.lastObservedTime"))) }
        return errors
    }

    /// What only events of the older kind have.
    private func deprecated(_ object: JSONValue) -> [FieldError] {
        var set: [String] = []
        for name in ["FirstTimestamp", "LastTimestamp"] where !object.text("deprecated\(name)").isEmpty {
            set.append(name == "FirstTimestamp" ? "firstTimestamp" : "lastTimestamp")
        }
        if object.number("deprecatedCount") != 0 { set.append("count") }
        if object["deprecatedSource"]?.objectValue?.isEmpty == false { set.append("source") }
        return set.map { .invalid(FieldPath($0), "", "needs to be unset") }
    }

    private func validateNamespace(_ object: JSONValue, _ reference: String) -> [FieldError] {
        let involved = object[reference]?.text("namespace") ?? ""
        let own = object["metadata"]?.text("namespace") ?? ""
        let path = FieldPath("involvedObject.namespace")
        if involved.isEmpty {
            return own == "default" || own.isEmpty
                ? [] : [.invalid(path, "", "does not match event.namespace")]
        }
        return own == involved ? [] : [.invalid(path, .string(involved), "does not match event.namespace")]
    }

    private func validateGroup(_ object: JSONValue) -> [FieldError] {
        var errors: [FieldError] = []
        if object["eventTime"]?.stringValue == nil { errors.append(.required(FieldPath("eventTime"))) }
        let controller = object.text("reportingController")
        if controller.isEmpty {
            errors.append(.required(FieldPath("reportingController")))
        }
        errors += Names.qualifiedName(controller).map {
            .invalid(FieldPath("reportingController"), .string(controller), $0)
        }
        for field in ["reportingInstance", "action", "reason"] {
            let text = object.text(field)
            if text.isEmpty { errors.append(.required(FieldPath(field))) }
            if text.utf8.count > 128 {
                errors.append(.invalid(FieldPath(field), "", "can have at most 128 characters"))
            }
        }
        if object.text("note").utf8.count > 1024 {
            errors.append(.invalid(FieldPath("message"), "", "can have at most 1024 characters"))
        }
        let type = object.text("type")
        if !["Normal", "Warning"].contains(type) {
            errors.append(.invalid(FieldPath("type"), .string(type), "has invalid value: \(type)"))
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
