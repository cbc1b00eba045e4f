package import APIObjects
package import JSONStream

extension TableDefinition {
    package static func column(_ name: String, _ description: String, type: String = "string", priority: Int = 0)
        -> Column
    { Column(name: name, type: type, description: description, priority: priority) }

    package static func text(_ object: JSONValue?, _ field: String, _ missing: String = "") -> JSONValue {
        .string(object?[field]?.stringValue ?? missing)
    }

    package static func accessModes(_ object: JSONValue?) -> JSONValue {
        let short = [
            ("ReadWriteOnce", "RWO"), ("ReadOnlyMany", "ROX"), ("ReadWriteMany", "RWX"), ("ReadWriteOncePod", "RWOP"),
        ]
        let modes = object?.strings("accessModes") ?? []
        return .string(short.filter { modes.contains($0.0) }.map(\.1).joined(separator: ","))
    }

    package static func storageClass(_ object: JSONValue) -> JSONValue {
        let old = object["metadata"]?["annotations"]?["volume.beta.kubernetes.io/storage-class"]
        return old ?? text(object["spec"], "storageClassName")
    }

    package static func phase(_ object: JSONValue) -> JSONValue {
        object["metadata"]?["deletionTimestamp"] != nil ? "Terminating" : text(object["status"], "phase")
    }

    static let persistentVolumeClaims = TableDefinition(
        columns: [
            .name, column("Status", "The phase."), column("Volume", "The volume that it is bound to."),
            column("Capacity", "The size."), column("Access Modes", "How it can be mounted."),
            column("StorageClass", "The class."), column("VolumeAttributesClass", "The class of changeable settings."),
            .age, column("VolumeMode", "Filesystem or Block.", priority: 1),
        ]
    ) { object, now in
        let spec = object["spec"] ?? [:]
        let isBound = !spec.text("volumeName").isEmpty
        let status = object["status"] ?? [:]
        return [
            name(object), phase(object), text(spec, "volumeName"),
            isBound ? text(status["capacity"], "storage", "0") : "", isBound ? accessModes(status) : "",
            storageClass(object), text(spec, "volumeAttributesClassName", "<unset>"), age(object, now),
            text(spec, "volumeMode", "<unset>"),
        ]
    }
}
