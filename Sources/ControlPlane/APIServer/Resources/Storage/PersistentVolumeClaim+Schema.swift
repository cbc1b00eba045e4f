/// Fields and protobuf numbers are those of core/v1.
extension StructSchema {
    static let persistentVolumeClaim = root(
        "PersistentVolumeClaim", "A wish for storage.",
        [
            Field(2, "spec", .object(persistentVolumeClaimSpec), .always, "The desired state."),
            Field(3, "status", .object(persistentVolumeClaimStatus), .always, "The observed state."),
        ])

    static let persistentVolumeClaimSpec = StructSchema(
        core: "PersistentVolumeClaimSpec", "A persistent volume claim spec.",
        [
            Field(
                1, "accessModes", .array(.string),
                "How it can be mounted: ReadWriteOnce, ReadOnlyMany, ReadWriteMany, ReadWriteOncePod."),
            Field(
                4, "selector", .object(labelSelector), .pointer, atomic: true, "Labels of the pods that belong to it."),
            Field(2, "resources", .object(volumeResourceRequirements), .always, "Resources."),
            Field(3, "volumeName", .string, "The volume that the claim is bound to."),
            Field(5, "storageClassName", .string, .pointer, "The StorageClass."),
            Field(6, "volumeMode", .string, .pointer, "Filesystem (the default) or Block."),
            Field(
                7, "dataSource", .object(typedLocalObjectReference), .pointer, atomic: true,
                "What the volume is filled from."),
            Field(8, "dataSourceRef", .object(typedObjectReference), .pointer, "What the volume is filled from."),
            Field(9, "volumeAttributesClassName", .string, .pointer, "The class of changeable settings."),
        ])

    static let volumeResourceRequirements = StructSchema(
        core: "VolumeResourceRequirements", "A volume resource requirements.",
        [
            Field(1, "limits", .map(.quantity), "The most that may be used."),
            Field(2, "requests", .map(.quantity), "What is set aside; the limits if left out."),
        ])

    static let typedLocalObjectReference = StructSchema(
        core: "TypedLocalObjectReference", "A typed local object reference.",
        [
            Field(1, "apiGroup", .string, .nullable, "The API group."),
            Field(2, "kind", .string, .always, required: true, "The kind."),
            Field(3, "name", .string, .always, required: true, "The name."),
        ])

    static let typedObjectReference = StructSchema(
        core: "TypedObjectReference", "A typed object reference.",
        [
            Field(1, "apiGroup", .string, .nullable, "The API group."),
            Field(2, "kind", .string, .always, required: true, "The kind."),
            Field(3, "name", .string, .always, required: true, "The name."),
            Field(4, "namespace", .string, .pointer, "The namespace."),
        ])

    static let persistentVolumeClaimStatus = StructSchema(
        core: "PersistentVolumeClaimStatus", "A persistent volume claim status.",
        [
            Field(1, "phase", .string, "The phase."),
            Field(
                2, "accessModes", .array(.string),
                "How it can be mounted: ReadWriteOnce, ReadOnlyMany, ReadWriteMany, ReadWriteOncePod."),
            Field(3, "capacity", .map(.quantity), "The size."),
            Field(
                4, "conditions", .array(.object(persistentVolumeClaimCondition)), mergeKey: "type",
                list: .map(["type"]), "Current conditions."),
            Field(5, "allocatedResources", .map(.quantity), "What is set aside."),
            Field(7, "allocatedResourceStatuses", .map(.string), "The allocated resource statuses."),
            Field(
                8, "currentVolumeAttributesClassName", .string, .pointer, "The current volume attributes class name."),
            Field(9, "modifyVolumeStatus", .object(modifyVolumeStatus), .pointer, "The modify volume status."),
        ])

    static let persistentVolumeClaimCondition = StructSchema(
        core: "PersistentVolumeClaimCondition", "A persistent volume claim condition.",
        [
            Field(1, "type", .string, .always, required: true, "The type."),
            Field(2, "status", .string, .always, required: true, "The observed state."),
            Field(3, "lastProbeTime", .time, .always, "When it was last looked at."),
            Field(4, "lastTransitionTime", .time, .always, "When the status changed last."),
            Field(5, "reason", .string, "A word for the state."),
            Field(6, "message", .string, "A text for people."),
        ])

    static let modifyVolumeStatus = StructSchema(
        core: "ModifyVolumeStatus", "A modify volume status.",
        [
            Field(1, "targetVolumeAttributesClassName", .string, "The target volume attributes class name."),
            Field(2, "status", .string, .always, required: true, "The observed state."),
        ])
}
