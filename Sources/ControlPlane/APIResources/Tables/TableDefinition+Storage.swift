import APIObjects
import APIPods
import JSONStream

extension TableDefinition {
    /// Of kinds without columns of their own.
    static let named = TableDefinition(
        columns: [.name, Column(name: "Created At", type: "date", description: "When the object was created.")]
    ) { object, _ in
        [name(object), .string(object["metadata"]?.text("creationTimestamp") ?? "")]
    }

    static let persistentVolumes = TableDefinition(
        columns: [
            .name, column("Capacity", "The size."), column("Access Modes", "How it can be mounted."),
            column("Reclaim Policy", "What becomes of it when its claim goes."), column("Status", "The phase."),
            column("Claim", "The claim that it is bound to."), column("StorageClass", "The class."),
            column("VolumeAttributesClass", "The class of changeable settings."), column("Reason", "Why, in a word."),
            .age, column("VolumeMode", "Filesystem or Block.", priority: 1),
        ]
    ) { object, now in
        let spec = object["spec"] ?? [:]
        let claim = spec["claimRef"].map { "\($0.text("namespace"))/\($0.text("name"))" } ?? ""
        return [
            name(object), text(spec["capacity"], "storage", "0"), accessModes(spec),
            text(spec, "persistentVolumeReclaimPolicy"), phase(object), .string(claim), storageClass(object),
            text(spec, "volumeAttributesClassName", "<unset>"), text(object["status"], "reason"), age(object, now),
            text(spec, "volumeMode", "<unset>"),
        ]
    }

    static let storageClasses = TableDefinition(
        columns: [
            .name, column("Provisioner", "Who makes the volumes."),
            column("ReclaimPolicy", "What becomes of volumes."),
            column("VolumeBindingMode", "When volumes are bound."),
            column("AllowVolumeExpansion", "Whether volumes may grow.", type: "boolean"), .age,
        ]
    ) { object, now in
        let isDefault =
            object["metadata"]?["annotations"]?["storageclass.kubernetes.io/is-default-class"] == "true"
        let shown = (object["metadata"]?.text("name") ?? "") + (isDefault ? " (default)" : "")
        return [
            .string(shown), text(object, "provisioner"), text(object, "reclaimPolicy", "Delete"),
            text(object, "volumeBindingMode", "<unset>"), .bool(object.flag("allowVolumeExpansion")),
            age(object, now),
        ]
    }

    static let csiNodes = TableDefinition(
        columns: [.name, column("Drivers", "How many drivers there are.", type: "integer"), .age]
    ) { object, now in
        [name(object), .integer(Int64(object["spec"]?.items("drivers").count ?? 0)), age(object, now)]
    }

    static let csiDrivers = TableDefinition(
        columns: [
            .name, column("AttachRequired", "Whether volumes are attached.", type: "boolean"),
            column("PodInfoOnMount", "Whether the driver learns about pods.", type: "boolean"),
            column("StorageCapacity", "Whether capacity is known.", type: "boolean"),
            column("TokenRequests", "Who tokens are for."),
            column("RequiresRepublish", "Whether mounts are renewed.", type: "boolean"),
            column("Modes", "Persistent, Ephemeral."), .age,
        ]
    ) { object, now in
        let spec = object["spec"] ?? [:]
        let tokens = spec.items("tokenRequests").map { $0.text("audience") }
        let modes = spec.strings("volumeLifecycleModes")
        return [
            name(object), .bool(spec["attachRequired"]?.boolValue ?? true), .bool(spec.flag("podInfoOnMount")),
            .bool(spec.flag("storageCapacity")),
            .string(tokens.isEmpty ? "<unset>" : tokens.joined(separator: ",")),
            .bool(spec.flag("requiresRepublish")), .string(modes.isEmpty ? "<none>" : modes.joined(separator: ",")),
            age(object, now),
        ]
    }

    static let csiStorageCapacities = TableDefinition(
        columns: [.name, column("StorageClassName", "The class."), column("Capacity", "How much there is.")]
    ) { object, _ in
        [name(object), text(object, "storageClassName"), text(object, "capacity", "<unset>")]
    }

    static let volumeAttachments = TableDefinition(
        columns: [
            .name, column("Attacher", "Who attaches."), column("PV", "The volume."), column("Node", "The node."),
            column("Attached", "Whether it is attached.", type: "boolean"), .age,
        ]
    ) { object, now in
        let spec = object["spec"] ?? [:]
        return [
            name(object), text(spec, "attacher"), text(spec["source"], "persistentVolumeName"),
            text(spec, "nodeName"), .bool(object["status"]?.flag("attached") ?? false), age(object, now),
        ]
    }
}
