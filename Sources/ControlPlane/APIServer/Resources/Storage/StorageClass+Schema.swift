/// Fields and protobuf numbers are those of core/v1 and storage.k8s.io/v1.
extension StructSchema {
    static let storageClass = root(
        "StorageClass", "A kind of storage.",
        [
            Field(2, "provisioner", .string, .always, required: true, "Who makes the volumes."),
            Field(3, "parameters", .map(.string), "Settings."),
            Field(4, "reclaimPolicy", .string, .pointer, "Delete (the default) or Retain."),
            Field(5, "mountOptions", .array(.string), "Options of the mount."),
            Field(6, "allowVolumeExpansion", .bool, .pointer, "Whether volumes may grow."),
            Field(7, "volumeBindingMode", .string, .pointer, "Immediate (the default) or WaitForFirstConsumer."),
            Field(8, "allowedTopologies", .array(.object(topologySelectorTerm)), "Where volumes can be made."),
        ])

    static let topologySelectorTerm = StructSchema(
        core: "TopologySelectorTerm", "A topology selector term.",
        [
            Field(
                1, "matchLabelExpressions", .array(.object(topologySelectorLabelRequirement)),
                "Requirements, all of which must hold.")
        ])

    static let topologySelectorLabelRequirement = StructSchema(
        core: "TopologySelectorLabelRequirement", "A topology selector label requirement.",
        [
            Field(1, "key", .string, .always, required: true, "The key."),
            Field(2, "values", .array(.string), .always, required: true, "The values."),
        ])

    static let csiNode = root(
        "CSINode", "The CSI drivers on a node.",
        [
            Field(2, "spec", .object(csiNodeSpec), .always, required: true, "The desired state.")
        ])

    static let csiNodeSpec = StructSchema(
        "CSINodeSpec", "A CSI node spec.",
        [
            Field(
                1, "drivers", .array(.object(csiNodeDriver)), .always, required: true, mergeKey: "name",
                list: .map(["name"]), "The drivers on the node.")
        ])

    static let csiNodeDriver = StructSchema(
        "CSINodeDriver", "A CSI node driver.",
        [
            Field(1, "name", .string, .always, required: true, "The name."),
            Field(2, "nodeID", .string, .always, required: true, "The node's name at the driver."),
            Field(3, "topologyKeys", .array(.string), .always, "Labels that tell where the node is."),
            Field(4, "allocatable", .object(volumeNodeResources), .pointer, "How much there is."),
        ])

    static let volumeNodeResources = StructSchema(
        "VolumeNodeResources", "A volume node resources.",
        [
            Field(1, "count", .int32, .pointer, "How many volumes.")
        ])

    static let csiDriver = root(
        "CSIDriver", "A CSI driver.",
        [
            Field(2, "spec", .object(csiDriverSpec), .always, required: true, "The desired state.")
        ])

    static let csiDriverSpec = StructSchema(
        "CSIDriverSpec", "A CSI driver spec.",
        [
            Field(1, "attachRequired", .bool, .pointer, "The attach required."),
            Field(2, "podInfoOnMount", .bool, .pointer, "The pod info on mount."),
            Field(3, "volumeLifecycleModes", .array(.string), list: .set, "The volume lifecycle modes."),
            Field(4, "storageCapacity", .bool, .pointer, "The storage capacity."),
            Field(5, "fsGroupPolicy", .string, .pointer, "The fs group policy."),
            Field(6, "tokenRequests", .array(.object(csiTokenRequest)), "The token requests."),
            Field(7, "requiresRepublish", .bool, .pointer, "The requires republish."),
            Field(8, "seLinuxMount", .bool, .pointer, "The se linux mount."),
            Field(
                9, "nodeAllocatableUpdatePeriodSeconds", .int64, .pointer, "The node allocatable update period seconds."
            ),
            Field(10, "serviceAccountTokenInSecrets", .bool, .pointer, "The service account token in secrets."),
            Field(11, "preventPodSchedulingIfMissing", .bool, .pointer, "The prevent pod scheduling if missing."),
        ])

    static let csiTokenRequest = StructSchema(
        "TokenRequest", "A token request.",
        [
            Field(1, "audience", .string, .always, required: true, "Who the token is for."),
            Field(2, "expirationSeconds", .int64, .pointer, "How long the token is valid."),
        ])

    static let csiStorageCapacity = root(
        "CSIStorageCapacity", "How much storage of a class there is in a place.",
        [
            Field(2, "nodeTopology", .object(labelSelector), .pointer, atomic: true, "The node topology."),
            Field(3, "storageClassName", .string, .always, required: true, "The StorageClass."),
            Field(4, "capacity", .quantity, .pointer, "The size."),
            Field(5, "maximumVolumeSize", .quantity, .pointer, "The maximum volume size."),
        ])

    static let volumeAttachment = root(
        "VolumeAttachment", "The wish to attach a volume to a node.",
        [
            Field(2, "spec", .object(volumeAttachmentSpec), .always, required: true, "The desired state."),
            Field(3, "status", .object(volumeAttachmentStatus), .always, "The observed state."),
        ])

    static let volumeAttachmentSpec = StructSchema(
        "VolumeAttachmentSpec", "A volume attachment spec.",
        [
            Field(1, "attacher", .string, .always, required: true, "Who attaches the volume."),
            Field(2, "source", .object(volumeAttachmentSource), .always, required: true, "The volume."),
            Field(3, "nodeName", .string, .always, required: true, "The node."),
        ])

    static let volumeAttachmentSource = StructSchema(
        "VolumeAttachmentSource", "A volume attachment source.",
        [
            Field(1, "persistentVolumeName", .string, .pointer, "The persistent volume name."),
            Field(2, "inlineVolumeSpec", .object(persistentVolumeSpec), .pointer, "The inline volume spec."),
        ])

    static let volumeAttachmentStatus = StructSchema(
        "VolumeAttachmentStatus", "A volume attachment status.",
        [
            Field(1, "attached", .bool, .always, required: true, "Whether it is attached."),
            Field(2, "attachmentMetadata", .map(.string), "The attachment metadata."),
            Field(3, "attachError", .object(volumeError), .pointer, "The attach error."),
            Field(4, "detachError", .object(volumeError), .pointer, "The detach error."),
        ])

    static let volumeError = StructSchema(
        "VolumeError", "A volume error.",
        [
            Field(1, "time", .time, .always, "The time."),
            Field(2, "message", .string, "A text for people."),
            Field(3, "errorCode", .int32, .pointer, "The error code."),
        ])
}
