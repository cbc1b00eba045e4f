/// Numbers from api's core/v1/generated.proto.
extension ProtobufMessage {
    static let node = ProtobufMessage(
        "Node",
        [
            ProtobufField(1, "metadata", .message(objectMeta)),
            ProtobufField(2, "spec", .message(nodeSpec)),
            ProtobufField(3, "status", .message(nodeStatus)),
        ])

    static let nodeSpec = ProtobufMessage(
        "NodeSpec",
        [
            ProtobufField(1, "podCIDR", .string),
            ProtobufField(2, "externalID", .string),
            ProtobufField(3, "providerID", .string),
            ProtobufField(4, "unschedulable", .bool),
            ProtobufField(5, "taints", .repeated(.message(taint))),
            ProtobufField(6, "configSource", .message(nodeConfigSource)),
            ProtobufField(7, "podCIDRs", .repeated(.string)),
        ])

    static let taint = ProtobufMessage(
        "Taint",
        [
            ProtobufField(1, "key", .string),
            ProtobufField(2, "value", .string),
            ProtobufField(3, "effect", .string),
            ProtobufField(4, "timeAdded", .time),
        ])

    static let nodeConfigSource = ProtobufMessage(
        "NodeConfigSource",
        [
            ProtobufField(2, "configMap", .message(configMapNodeConfigSource))
        ])

    static let configMapNodeConfigSource = ProtobufMessage(
        "ConfigMapNodeConfigSource",
        [
            ProtobufField(1, "namespace", .string),
            ProtobufField(2, "name", .string),
            ProtobufField(3, "uid", .string),
            ProtobufField(4, "resourceVersion", .string),
            ProtobufField(5, "kubeletConfigKey", .string),
        ])

    static let nodeStatus = ProtobufMessage(
        "NodeStatus",
        [
            ProtobufField(1, "capacity", .map(.quantity)),
            ProtobufField(2, "allocatable", .map(.quantity)),
            ProtobufField(3, "phase", .string),
            ProtobufField(4, "conditions", .repeated(.message(nodeCondition))),
            ProtobufField(5, "addresses", .repeated(.message(nodeAddress))),
            ProtobufField(6, "daemonEndpoints", .message(nodeDaemonEndpoints)),
            ProtobufField(7, "nodeInfo", .message(nodeSystemInfo)),
            ProtobufField(8, "images", .repeated(.message(containerImage))),
            ProtobufField(9, "volumesInUse", .repeated(.string)),
            ProtobufField(10, "volumesAttached", .repeated(.message(attachedVolume))),
            ProtobufField(11, "config", .message(nodeConfigStatus)),
            ProtobufField(12, "runtimeHandlers", .repeated(.message(nodeRuntimeHandler))),
            ProtobufField(13, "features", .message(nodeFeatures)),
            ProtobufField(14, "declaredFeatures", .repeated(.string)),
        ])

    static let nodeCondition = ProtobufMessage(
        "NodeCondition",
        [
            ProtobufField(1, "type", .string),
            ProtobufField(2, "status", .string),
            ProtobufField(3, "lastHeartbeatTime", .time),
            ProtobufField(4, "lastTransitionTime", .time),
            ProtobufField(5, "reason", .string),
            ProtobufField(6, "message", .string),
        ])

    static let nodeAddress = ProtobufMessage(
        "NodeAddress",
        [
            ProtobufField(1, "type", .string),
            ProtobufField(2, "address", .string),
        ])

    static let nodeDaemonEndpoints = ProtobufMessage(
        "NodeDaemonEndpoints",
        [
            ProtobufField(1, "kubeletEndpoint", .message(daemonEndpoint))
        ])

    static let daemonEndpoint = ProtobufMessage(
        "DaemonEndpoint",
        [
            ProtobufField(1, "Port", .int32)
        ])

    static let nodeSystemInfo = ProtobufMessage(
        "NodeSystemInfo",
        [
            ProtobufField(1, "machineID", .string),
            ProtobufField(2, "systemUUID", .string),
            ProtobufField(3, "bootID", .string),
            ProtobufField(4, "kernelVersion", .string),
            ProtobufField(5, "osImage", .string),
            ProtobufField(6, "containerRuntimeVersion", .string),
            ProtobufField(7, "kubeletVersion", .string),
            ProtobufField(8, "kubeProxyVersion", .string),
            ProtobufField(9, "operatingSystem", .string),
            ProtobufField(10, "architecture", .string),
            ProtobufField(11, "swap", .message(nodeSwapStatus)),
        ])

    static let nodeSwapStatus = ProtobufMessage(
        "NodeSwapStatus",
        [
            ProtobufField(1, "capacity", .int64)
        ])

    static let containerImage = ProtobufMessage(
        "ContainerImage",
        [
            ProtobufField(1, "names", .repeated(.string)),
            ProtobufField(2, "sizeBytes", .int64),
        ])

    static let attachedVolume = ProtobufMessage(
        "AttachedVolume",
        [
            ProtobufField(1, "name", .string),
            ProtobufField(2, "devicePath", .string),
        ])

    static let nodeConfigStatus = ProtobufMessage(
        "NodeConfigStatus",
        [
            ProtobufField(1, "assigned", .message(nodeConfigSource)),
            ProtobufField(2, "active", .message(nodeConfigSource)),
            ProtobufField(3, "lastKnownGood", .message(nodeConfigSource)),
            ProtobufField(4, "error", .string),
        ])

    static let nodeRuntimeHandler = ProtobufMessage(
        "NodeRuntimeHandler",
        [
            ProtobufField(1, "name", .string),
            ProtobufField(2, "features", .message(nodeRuntimeHandlerFeatures)),
        ])

    static let nodeRuntimeHandlerFeatures = ProtobufMessage(
        "NodeRuntimeHandlerFeatures",
        [
            ProtobufField(1, "recursiveReadOnlyMounts", .bool),
            ProtobufField(2, "userNamespaces", .bool),
        ])

    static let nodeFeatures = ProtobufMessage(
        "NodeFeatures",
        [
            ProtobufField(1, "supplementalGroupsPolicy", .bool)
        ])
}
