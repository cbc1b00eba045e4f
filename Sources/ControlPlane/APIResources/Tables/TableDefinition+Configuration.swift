import APIObjects
import JSONStream

extension TableDefinition {
    private static func size(_ object: JSONValue, _ fields: String...) -> JSONValue {
        .integer(Int64(fields.reduce(0) { $0 + (object[$1]?.objectValue?.count ?? 0) }))
    }

    private static let data = Column(name: "Data", type: "integer", description: "How many entries there are.")

    static let configMaps = TableDefinition(columns: [.name, data, .age]) { object, now in
        [name(object), size(object, "data", "binaryData"), age(object, now)]
    }

    static let secrets = TableDefinition(
        columns: [.name, Column(name: "Type", description: "What the data is for."), data, .age]
    ) { object, now in
        [name(object), .string(object.text("type")), size(object, "data"), age(object, now)]
    }

    static let limitRanges = TableDefinition(
        columns: [.name, Column(name: "Created At", description: "When the object was created.")]
    ) { object, _ in
        [name(object), .string(object["metadata"]?.text("creationTimestamp") ?? "")]
    }

    static let resourceQuotas = TableDefinition(
        columns: [
            .name, Column(name: "Request", description: "Requests: used of the limit."),
            Column(name: "Limit", description: "Limits: used of the limit."), .age,
        ]
    ) { object, now in
        let status = object["status"] ?? [:]
        var (requests, limits): ([String], [String]) = ([], [])
        for (name, most) in status.sortedMembers("hard") {
            let text = "\(name): \(status["used"]?.text(name) ?? "0")/\(most.stringValue ?? "")"
            if name.hasPrefix("limits") { limits.append(text) } else { requests.append(text) }
        }
        return [
            name(object), .string(requests.joined(separator: ", ")), .string(limits.joined(separator: ", ")),
            age(object, now),
        ]
    }

    static let priorityClasses = TableDefinition(
        columns: [
            .name, Column(name: "Value", type: "integer", description: "The priority."),
            Column(name: "Global-Default", type: "boolean", description: "Whether pods without a class get it."), .age,
            Column(name: "PreemptionPolicy", description: "Whether it preempts others."),
        ]
    ) { object, now in
        [
            name(object), .integer(object.number("value")), .bool(object.flag("globalDefault")), age(object, now),
            .string(object["preemptionPolicy"]?.stringValue ?? "PreemptLowerPriority"),
        ]
    }

    static let runtimeClasses = TableDefinition(
        columns: [.name, Column(name: "Handler", description: "What runs the pods."), .age]
    ) { object, now in
        [name(object), .string(object.text("handler")), age(object, now)]
    }
}
