/// Numbers from apimachinery's pkg/apis/meta/v1/generated.proto and, for namespaces, api's core/v1.
extension ProtobufMessage {
    static let namespace = ProtobufMessage(
        "Namespace",
        [
            ProtobufField(1, "metadata", .message(objectMeta)),
            ProtobufField(2, "spec", .message(namespaceSpec)),
            ProtobufField(3, "status", .message(namespaceStatus)),
        ])

    static let objectMeta = ProtobufMessage(
        "ObjectMeta",
        [
            ProtobufField(1, "name", .string),
            ProtobufField(2, "generateName", .string),
            ProtobufField(3, "namespace", .string),
            ProtobufField(4, "selfLink", .string),
            ProtobufField(5, "uid", .string),
            ProtobufField(6, "resourceVersion", .string),
            ProtobufField(7, "generation", .int64),
            ProtobufField(8, "creationTimestamp", .time),
            ProtobufField(9, "deletionTimestamp", .time),
            ProtobufField(10, "deletionGracePeriodSeconds", .int64),
            ProtobufField(11, "labels", .map(.string)),
            ProtobufField(12, "annotations", .map(.string)),
            ProtobufField(13, "ownerReferences", .repeated(.message(ownerReference))),
            ProtobufField(14, "finalizers", .repeated(.string)),
            ProtobufField(17, "managedFields", .repeated(.message(managedFieldsEntry))),
        ])

    static let ownerReference = ProtobufMessage(
        "OwnerReference",
        [
            ProtobufField(1, "kind", .string),
            ProtobufField(3, "name", .string),
            ProtobufField(4, "uid", .string),
            ProtobufField(5, "apiVersion", .string),
            ProtobufField(6, "controller", .bool),
            ProtobufField(7, "blockOwnerDeletion", .bool),
        ])

    static let managedFieldsEntry = ProtobufMessage(
        "ManagedFieldsEntry",
        [
            ProtobufField(1, "manager", .string),
            ProtobufField(2, "operation", .string),
            ProtobufField(3, "apiVersion", .string),
            ProtobufField(4, "time", .time),
            ProtobufField(6, "fieldsType", .string),
            ProtobufField(7, "fieldsV1", .rawJSON),
            ProtobufField(8, "subresource", .string),
        ])

    static let namespaceSpec = ProtobufMessage(
        "NamespaceSpec",
        [
            ProtobufField(1, "finalizers", .repeated(.string))
        ])

    static let namespaceStatus = ProtobufMessage(
        "NamespaceStatus",
        [
            ProtobufField(1, "phase", .string),
            ProtobufField(2, "conditions", .repeated(.message(namespaceCondition))),
        ])

    static let namespaceCondition = ProtobufMessage(
        "NamespaceCondition",
        [
            ProtobufField(1, "type", .string),
            ProtobufField(2, "status", .string),
            ProtobufField(4, "lastTransitionTime", .time),
            ProtobufField(5, "reason", .string),
            ProtobufField(6, "message", .string),
        ])

    static let condition = ProtobufMessage(
        "Condition",
        [
            ProtobufField(1, "type", .string),
            ProtobufField(2, "status", .string),
            ProtobufField(3, "observedGeneration", .int64),
            ProtobufField(4, "lastTransitionTime", .time),
            ProtobufField(5, "reason", .string),
            ProtobufField(6, "message", .string),
        ])

    static let deleteOptions = ProtobufMessage(
        "DeleteOptions",
        [
            ProtobufField(1, "gracePeriodSeconds", .int64),
            ProtobufField(2, "preconditions", .message(preconditions)),
            ProtobufField(3, "orphanDependents", .bool),
            ProtobufField(4, "propagationPolicy", .string),
            ProtobufField(5, "dryRun", .repeated(.string)),
            ProtobufField(6, "ignoreStoreReadErrorWithClusterBreakingPotential", .bool),
        ])

    static let preconditions = ProtobufMessage(
        "Preconditions",
        [
            ProtobufField(1, "uid", .string),
            ProtobufField(2, "resourceVersion", .string),
        ])

    static let status = ProtobufMessage(
        "Status",
        [
            ProtobufField(1, "metadata", .message(listMeta)),
            ProtobufField(2, "status", .string),
            ProtobufField(3, "message", .string),
            ProtobufField(4, "reason", .string),
            ProtobufField(5, "details", .message(statusDetails)),
            ProtobufField(6, "code", .int32),
        ])

    static let listMeta = ProtobufMessage(
        "ListMeta",
        [
            ProtobufField(1, "selfLink", .string),
            ProtobufField(2, "resourceVersion", .string),
            ProtobufField(3, "continue", .string),
            ProtobufField(4, "remainingItemCount", .int64),
        ])

    static let statusDetails = ProtobufMessage(
        "StatusDetails",
        [
            ProtobufField(1, "name", .string),
            ProtobufField(2, "group", .string),
            ProtobufField(3, "kind", .string),
            ProtobufField(4, "causes", .repeated(.message(statusCause))),
            ProtobufField(5, "retryAfterSeconds", .int32),
            ProtobufField(6, "uid", .string),
        ])

    static let statusCause = ProtobufMessage(
        "StatusCause",
        [
            ProtobufField(1, "reason", .string),
            ProtobufField(2, "message", .string),
            ProtobufField(3, "field", .string),
        ])
}
