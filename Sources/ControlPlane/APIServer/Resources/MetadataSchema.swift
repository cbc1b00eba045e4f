extension StructSchema {
    static let objectMeta = StructSchema(
        meta: "ObjectMeta", "Metadata that every stored object has.",
        [
            Field("name", .string, "The name, unique within a namespace. It cannot be changed."),
            Field("generateName", .string, "A prefix from which the server makes a unique name if none is given."),
            Field("namespace", .string, "The namespace that the name is unique in. It cannot be changed."),
            Field("selfLink", .string, "Not used any more."),
            Field("uid", .string, "Identifies this object over all time. Set by the server."),
            Field(
                "resourceVersion", .string, "The version of this object, for updates and watches. Opaque to clients."),
            Field("generation", .int64, "Counts changes of the desired state. Set by the server."),
            Field("creationTimestamp", .time, "When the server created the object."),
            Field("deletionTimestamp", .time, "When deletion was asked for; the object goes with its last finalizer."),
            Field("deletionGracePeriodSeconds", .int64, .pointer, "Seconds that the object may take to end."),
            Field("labels", .map(.string), "Keys and values to select objects by."),
            Field("annotations", .map(.string), "Keys and values that are not for selection."),
            Field(
                "ownerReferences", .array(.object(ownerReference)), mergeKey: "uid", list: .map(["uid"]),
                "Objects that this one depends on."),
            Field("finalizers", .array(.string), merges: true, list: .set, "Who must agree before the object goes."),
            Field("managedFields", .array(.object(managedFieldsEntry)), "Which manager set which fields."),
        ])

    static let ownerReference = StructSchema(
        meta: "OwnerReference", "Identifies an owning object.",
        [
            Field("apiVersion", .string, .always, required: true, "API version of the owner."),
            Field("kind", .string, .always, required: true, "Kind of the owner."),
            Field("name", .string, .always, required: true, "Name of the owner."),
            Field("uid", .string, .always, required: true, "UID of the owner."),
            Field("controller", .bool, .pointer, "Whether the owner is the managing controller."),
            Field(
                "blockOwnerDeletion", .bool, .pointer, "Whether the owner waits for this object in foreground deletion."
            ),
        ])

    static let managedFieldsEntry = StructSchema(
        meta: "ManagedFieldsEntry", "The fields that one manager set.",
        [
            Field("manager", .string, "Name of the manager."),
            Field("operation", .string, "Apply or Update."),
            Field("apiVersion", .string, "API version that the fields are of."),
            Field("time", .time, "When the entry changed last."),
            Field("fieldsType", .string, "Always FieldsV1."),
            Field("fieldsV1", .any, "The set of fields."),
            Field("subresource", .string, "The subresource that was written."),
        ])

    /// A whole object: kind, apiVersion, metadata and what comes after.
    static func root(_ name: String, _ description: String, _ fields: [Field]) -> StructSchema {
        StructSchema(
            name, description,
            [
                Field("kind", .string, "The kind of the object."),
                Field("apiVersion", .string, "The API version that the object is written in."),
                Field(1, "metadata", .object(objectMeta), .always, "Standard metadata."),
            ] + fields)
    }

    static let deleteOptions = StructSchema(
        meta: "DeleteOptions", "How something is to be deleted.",
        [
            Field("kind", .string, "The kind of the object."),
            Field("apiVersion", .string, "The API version that the object is written in."),
            Field("gracePeriodSeconds", .int64, .pointer, "Seconds that the object may take to end."),
            Field("preconditions", .object(preconditions), .pointer, "What the object must be."),
            Field("orphanDependents", .bool, .pointer, "Not used any more."),
            Field("propagationPolicy", .string, .pointer, "Orphan, Background or Foreground."),
            Field("dryRun", .array(.string), "All: nothing is stored."),
            Field(
                "ignoreStoreReadErrorWithClusterBreakingPotential", .bool, .pointer,
                "Whether objects that cannot be read are deleted too."),
        ])

    private static let preconditions = StructSchema(
        meta: "Preconditions", "What the object must be.",
        [
            Field("uid", .string, .pointer, "The uid."),
            Field("resourceVersion", .string, .pointer, "The version."),
        ])

    static let condition = StructSchema(
        meta: "Condition", "One aspect of the current state.",
        [
            Field("type", .string, .always, required: true, "The kind of condition."),
            Field("status", .string, .always, required: true, "True, False or Unknown."),
            Field("observedGeneration", .int64, "The generation that the condition was set for."),
            Field("lastTransitionTime", .time, .always, required: true, "When the status changed last."),
            Field("reason", .string, .always, required: true, "A word for the last change."),
            Field("message", .string, .always, required: true, "A text for people."),
        ])

    static let objectReference = StructSchema(
        core: "ObjectReference", "Points to an object.",
        [
            Field("kind", .string, "Kind of the object."),
            Field("namespace", .string, "Namespace of the object."),
            Field("name", .string, "Name of the object."),
            Field("uid", .string, "UID of the object."),
            Field("apiVersion", .string, "API version of the object."),
            Field("resourceVersion", .string, "The version that is meant."),
            Field("fieldPath", .string, "The part of the object that is meant."),
        ])
}
