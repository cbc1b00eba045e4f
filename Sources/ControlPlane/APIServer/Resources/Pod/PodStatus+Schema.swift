/// Fields and protobuf numbers are those of core/v1.
extension StructSchema {
    static let podStatus = StructSchema(
        core: "PodStatus", "What was last seen of a pod.",
        [
            Field(17, "observedGeneration", .int64, "The generation that the status was set for."),
            Field(1, "phase", .string, "Pending, Running, Succeeded, Failed or Unknown."),
            Field(
                2, "conditions", .array(.object(podCondition)), mergeKey: "type", list: .map(["type"]),
                "Current conditions."),
            Field(3, "message", .string, "A text for people."),
            Field(4, "reason", .string, "A word for the state."),
            Field(11, "nominatedNodeName", .string, "The node where others make room for the pod."),
            Field(5, "hostIP", .string, "The node's address."),
            Field(16, "hostIPs", .array(.object(hostIP)), mergeKey: "ip", "The node's addresses, one a family."),
            Field(6, "podIP", .string, "The pod's address."),
            Field(
                12, "podIPs", .array(.object(podIP)), mergeKey: "ip", list: .map(["ip"]),
                "The pod's addresses, one a family."),
            Field(7, "startTime", .time, .pointer, "When it was taken up."),
            Field(10, "initContainerStatuses", .array(.object(containerStatus)), "States of the init containers."),
            Field(8, "containerStatuses", .array(.object(containerStatus)), "States of the containers."),
            Field(9, "qosClass", .string, "Guaranteed, Burstable or BestEffort."),
            Field(
                13, "ephemeralContainerStatuses", .array(.object(containerStatus)),
                "States of the ephemeral containers."),
            Field(14, "resize", .string, "Not used any more."),
            Field(
                15, "resourceClaimStatuses", .array(.object(podResourceClaimStatus)), mergeKey: "name",
                list: .map(["name"]), "The resource claim statuses."),
            Field(
                18, "extendedResourceClaimStatus", .object(podExtendedResourceClaimStatus), .pointer,
                "The extended resource claim status."),
            Field(19, "allocatedResources", .map(.quantity), "What is set aside."),
            Field(20, "resources", .object(resourceRequirements), .pointer, "Resources."),
            Field(
                21, "nodeAllocatableResourceClaimStatuses", .array(.object(nodeAllocatableResourceClaimStatus)),
                "The node allocatable resource claim statuses."),
        ])

    static let podCondition = StructSchema(
        core: "PodCondition", "A pod condition.",
        [
            Field(1, "type", .string, .always, required: true, "The type."),
            Field(7, "observedGeneration", .int64, "The generation that the status was set for."),
            Field(2, "status", .string, .always, required: true, "True, False or Unknown."),
            Field(3, "lastProbeTime", .time, .always, "When it was last looked at."),
            Field(4, "lastTransitionTime", .time, .always, "When the status changed last."),
            Field(5, "reason", .string, "A word for the state."),
            Field(6, "message", .string, "A text for people."),
        ])

    static let hostIP = StructSchema(
        core: "HostIP", "A host IP.",
        [
            Field(1, "ip", .string, .always, required: true, "The address.")
        ])

    static let podIP = StructSchema(
        core: "PodIP", "A pod IP.",
        [
            Field(1, "ip", .string, .always, required: true, "The address.")
        ])

    static let containerStatus = StructSchema(
        core: "ContainerStatus", "A container status.",
        [
            Field(1, "name", .string, .always, required: true, "The name."),
            Field(2, "state", .object(containerState), .always, "The current state."),
            Field(3, "lastState", .object(containerState), .always, "The state before."),
            Field(4, "ready", .bool, .always, required: true, "Whether it is ready."),
            Field(5, "restartCount", .int32, .always, required: true, "How often it was restarted."),
            Field(6, "image", .string, .always, required: true, "The image that the container runs."),
            Field(7, "imageID", .string, .always, required: true, "The exact image."),
            Field(8, "containerID", .string, "The container's id at its runtime."),
            Field(9, "started", .bool, .pointer, "Whether the startup probe succeeded."),
            Field(10, "allocatedResources", .map(.quantity), "What is set aside."),
            Field(11, "resources", .object(resourceRequirements), .pointer, "Resources."),
            Field(
                12, "volumeMounts", .array(.object(volumeMountStatus)), mergeKey: "mountPath",
                list: .map(["mountPath"]), "Where volumes appear in the container."),
            Field(13, "user", .object(containerUser), .pointer, "The user."),
            Field(
                14, "allocatedResourcesStatus", .array(.object(resourceStatus)), mergeKey: "name", list: .map(["name"]),
                "The allocated resources status."),
            Field(15, "stopSignal", .string, .pointer, "The signal that asks the container to end."),
        ])

    static let containerState = StructSchema(
        core: "ContainerState", "A container state.",
        [
            Field(1, "waiting", .object(containerStateWaiting), .pointer, "Waits to run."),
            Field(2, "running", .object(containerStateRunning), .pointer, "Runs."),
            Field(3, "terminated", .object(containerStateTerminated), .pointer, "Ended."),
        ])

    static let containerStateWaiting = StructSchema(
        core: "ContainerStateWaiting", "A container state waiting.",
        [
            Field(1, "reason", .string, "A word for the state."),
            Field(2, "message", .string, "A text for people."),
        ])

    static let containerStateRunning = StructSchema(
        core: "ContainerStateRunning", "A container state running.",
        [
            Field(1, "startedAt", .time, .always, "When it started.")
        ])

    static let containerStateTerminated = StructSchema(
        core: "ContainerStateTerminated", "A container state terminated.",
        [
            Field(1, "exitCode", .int32, .always, required: true, "The exit code."),
            Field(2, "signal", .int32, "The signal that ended it."),
            Field(3, "reason", .string, "A word for the state."),
            Field(4, "message", .string, "A text for people."),
            Field(5, "startedAt", .time, .always, "When it started."),
            Field(6, "finishedAt", .time, .always, "When it ended."),
            Field(7, "containerID", .string, "The container's id at its runtime."),
        ])

    static let volumeMountStatus = StructSchema(
        core: "VolumeMountStatus", "A volume mount status.",
        [
            Field(1, "name", .string, .always, required: true, "The name."),
            Field(2, "mountPath", .string, .always, required: true, "The path in the container."),
            Field(3, "readOnly", .bool, "Whether it cannot be written."),
            Field(
                4, "recursiveReadOnly", .string, .pointer,
                "Whether mounts below are read-only too: Disabled, IfPossible or Enabled."),
            Field(5, "volumeStatus", .object(volumeStatus), .pointer, "The volume status."),
        ])

    static let volumeStatus = StructSchema(
        core: "VolumeStatus", "A volume status.",
        [
            Field(1, "image", .object(imageVolumeStatus), .pointer, "A container image as a read-only directory.")
        ])

    static let imageVolumeStatus = StructSchema(
        core: "ImageVolumeStatus", "An image volume status.",
        [
            Field(1, "imageRef", .string, "The image ref.")
        ])

    static let containerUser = StructSchema(
        core: "ContainerUser", "A container user.",
        [
            Field(1, "linux", .object(linuxContainerUser), .pointer, "The linux.")
        ])

    static let linuxContainerUser = StructSchema(
        core: "LinuxContainerUser", "A linux container user.",
        [
            Field(1, "uid", .int64, .always, required: true, "The uid."),
            Field(2, "gid", .int64, .always, required: true, "The gid."),
            Field(3, "supplementalGroups", .array(.int64), "Further group ids of processes."),
        ])

    static let resourceStatus = StructSchema(
        core: "ResourceStatus", "A resource status.",
        [
            Field(1, "name", .string, .always, required: true, "The name."),
            Field(2, "resources", .array(.object(resourceHealth)), list: .map(["resourceID"]), "Resources."),
        ])

    static let resourceHealth = StructSchema(
        core: "ResourceHealth", "A resource health.",
        [
            Field(1, "resourceID", .string, .always, required: true, "The resource id."),
            Field(2, "health", .string, "The health."),
            Field(6, "message", .string, .pointer, "A text for people."),
        ])

    static let podResourceClaimStatus = StructSchema(
        core: "PodResourceClaimStatus", "A pod resource claim status.",
        [
            Field(1, "name", .string, .always, required: true, "The name."),
            Field(2, "resourceClaimName", .string, .pointer, "The name of the ResourceClaim."),
        ])

    static let podExtendedResourceClaimStatus = StructSchema(
        core: "PodExtendedResourceClaimStatus", "A pod extended resource claim status.",
        [
            Field(
                1, "requestMappings", .array(.object(containerExtendedResourceRequest)), .always, required: true,
                "The request mappings."),
            Field(2, "resourceClaimName", .string, .always, required: true, "The name of the ResourceClaim."),
        ])

    static let containerExtendedResourceRequest = StructSchema(
        core: "ContainerExtendedResourceRequest", "A container extended resource request.",
        [
            Field(1, "containerName", .string, .always, required: true, "The name of the container."),
            Field(2, "resourceName", .string, .always, required: true, "The name of the resource."),
            Field(3, "requestName", .string, .always, required: true, "The request name."),
        ])

    static let nodeAllocatableResourceClaimStatus = StructSchema(
        core: "NodeAllocatableResourceClaimStatus", "A node allocatable resource claim status.",
        [
            Field(1, "resourceClaimName", .string, .always, required: true, "The name of the ResourceClaim."),
            Field(
                2, "containers", .array(.string), list: .set,
                "The containers of the pod, at least one. They cannot be added or removed later."),
            Field(3, "resources", .map(.quantity), .always, required: true, "Resources."),
        ])
}
