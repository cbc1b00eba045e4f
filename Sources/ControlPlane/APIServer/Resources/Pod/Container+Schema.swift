/// Fields and protobuf numbers are those of core/v1.
extension StructSchema {
    static let container = StructSchema(
        core: "Container", "A program of a pod, with its image.",
        [
            Field(1, "name", .string, .always, required: true, "The name."),
            Field(2, "image", .string, "The container's image."),
            Field(3, "command", .array(.string), "Program and arguments instead of the image's entry point."),
            Field(4, "args", .array(.string), "Arguments instead of the image's."),
            Field(5, "workingDir", .string, "The working directory."),
            Field(
                6, "ports", .array(.object(containerPort)), mergeKey: "containerPort",
                list: .map(["containerPort", "protocol"]), "Ports that the container listens on, for information."),
            Field(19, "envFrom", .array(.object(envFromSource)), "Where further environment variables come from."),
            Field(7, "env", .array(.object(envVar)), mergeKey: "name", list: .map(["name"]), "Environment variables."),
            Field(8, "resources", .object(resourceRequirements), .always, "What the container needs and may use."),
            Field(
                23, "resizePolicy", .array(.object(containerResizePolicy)),
                "Whether a change of resources restarts the container."),
            Field(
                24, "restartPolicy", .string, .pointer,
                "Always makes an init container a sidecar; other values need the restart rules."),
            Field(
                25, "restartPolicyRules", .array(.object(containerRestartRule)),
                "Rules that decide on a restart by the exit code, before the policy does."),
            Field(
                9, "volumeMounts", .array(.object(volumeMount)), mergeKey: "mountPath", list: .map(["mountPath"]),
                "Where volumes appear in the container."),
            Field(
                21, "volumeDevices", .array(.object(volumeDevice)), mergeKey: "devicePath", list: .map(["devicePath"]),
                "Block devices of the container."),
            Field(10, "livenessProbe", .object(probe), .pointer, "If it fails the container is restarted."),
            Field(11, "readinessProbe", .object(probe), .pointer, "If it fails the pod takes no traffic."),
            Field(22, "startupProbe", .object(probe), .pointer, "The other probes begin when it succeeded."),
            Field(
                12, "lifecycle", .object(lifecycle), .pointer,
                "What is done after the start and before the end of the container."),
            Field(13, "terminationMessagePath", .string, "The file with the container's last words."),
            Field(20, "terminationMessagePolicy", .string, "File (the default) or FallbackToLogsOnError."),
            Field(
                14, "imagePullPolicy", .string,
                "Always, IfNotPresent or Never; Always for the tag latest, IfNotPresent for others."),
            Field(15, "securityContext", .object(securityContext), .pointer, "Security settings of the container."),
            Field(16, "stdin", .bool, "Whether the container has an input."),
            Field(17, "stdinOnce", .bool, "Whether the input is closed after the first client."),
            Field(18, "tty", .bool, "Whether the container has a terminal."),
        ])

    static let containerPort = StructSchema(
        core: "ContainerPort", "A container port.",
        [
            Field(1, "name", .string, "The name."),
            Field(2, "hostPort", .int32, "The same port on the node."),
            Field(3, "containerPort", .int32, .always, required: true, "The port in the container."),
            Field(4, "protocol", .string, default: "TCP", "TCP (the default), UDP or SCTP."),
            Field(5, "hostIP", .string, "The node's address."),
        ])

    static let envFromSource = StructSchema(
        core: "EnvFromSource", "An env from source.",
        [
            Field(1, "prefix", .string, "What the variables' names begin with."),
            Field(2, "configMapRef", .object(configMapEnvSource), .pointer, "The ConfigMap."),
            Field(3, "secretRef", .object(secretEnvSource), .pointer, "The Secret with credentials."),
        ])

    static let configMapEnvSource = StructSchema(
        core: "ConfigMapEnvSource", "A config map env source.",
        localObjectReference.inlined(as: 1) + [
            Field(2, "optional", .bool, .pointer, "Whether it may be missing.")
        ])

    static let secretEnvSource = StructSchema(
        core: "SecretEnvSource", "A secret env source.",
        localObjectReference.inlined(as: 1) + [
            Field(2, "optional", .bool, .pointer, "Whether it may be missing.")
        ])

    static let envVar = StructSchema(
        core: "EnvVar", "An env var.",
        [
            Field(1, "name", .string, .always, required: true, "The name."),
            Field(2, "value", .string, "The value."),
            Field(3, "valueFrom", .object(envVarSource), .pointer, "Where the value comes from."),
        ])

    static let envVarSource = StructSchema(
        core: "EnvVarSource", "An env var source.",
        [
            Field(1, "fieldRef", .object(objectFieldSelector), .pointer, atomic: true, "A field of the pod."),
            Field(
                2, "resourceFieldRef", .object(resourceFieldSelector), .pointer, atomic: true,
                "A request or limit of a container."),
            Field(
                3, "configMapKeyRef", .object(configMapKeySelector), .pointer, atomic: true, "A value of a ConfigMap."),
            Field(4, "secretKeyRef", .object(secretKeySelector), .pointer, atomic: true, "A value of a Secret."),
            Field(5, "fileKeyRef", .object(fileKeySelector), .pointer, atomic: true, "A value of a file of variables."),
        ])

    static let objectFieldSelector = StructSchema(
        core: "ObjectFieldSelector", "An object field selector.",
        [
            Field(1, "apiVersion", .string, "The API version."),
            Field(2, "fieldPath", .string, .always, required: true, "The path of the field, such as metadata.name."),
        ])

    static let resourceFieldSelector = StructSchema(
        core: "ResourceFieldSelector", "A resource field selector.",
        [
            Field(1, "containerName", .string, "The name of the container."),
            Field(2, "resource", .string, .always, required: true, "The name of the resource."),
            Field(3, "divisor", .quantity, .always, "The unit that the value is given in; 1 if left out."),
        ])

    static let configMapKeySelector = StructSchema(
        core: "ConfigMapKeySelector", "A config map key selector.",
        localObjectReference.inlined(as: 1) + [
            Field(2, "key", .string, .always, required: true, "The key."),
            Field(3, "optional", .bool, .pointer, "Whether it may be missing."),
        ])

    static let secretKeySelector = StructSchema(
        core: "SecretKeySelector", "A secret key selector.",
        localObjectReference.inlined(as: 1) + [
            Field(2, "key", .string, .always, required: true, "The key."),
            Field(3, "optional", .bool, .pointer, "Whether it may be missing."),
        ])

    static let fileKeySelector = StructSchema(
        core: "FileKeySelector", "A file key selector.",
        [
            Field(1, "volumeName", .string, .always, required: true, "The volume that the claim is bound to."),
            Field(2, "path", .string, .always, required: true, "The path."),
            Field(3, "key", .string, .always, required: true, "The key."),
            Field(4, "optional", .bool, .pointer, "Whether it may be missing."),
        ])

    static let resourceRequirements = StructSchema(
        core: "ResourceRequirements", "A resource requirements.",
        [
            Field(1, "limits", .map(.quantity), "The most that may be used."),
            Field(2, "requests", .map(.quantity), "What is set aside; the limits if left out."),
            Field(
                3, "claims", .array(.object(resourceClaim)), list: .map(["name"]), "Claims of the pod that are used."),
        ])

    static let resourceClaim = StructSchema(
        core: "ResourceClaim", "A resource claim.",
        [
            Field(1, "name", .string, .always, required: true, "The name."),
            Field(2, "request", .string, "A part of the claim."),
        ])

    static let containerResizePolicy = StructSchema(
        core: "ContainerResizePolicy", "A container resize policy.",
        [
            Field(1, "resourceName", .string, .always, required: true, "The name of the resource."),
            Field(
                2, "restartPolicy", .string, .always, required: true, "NotRequired (the default) or RestartContainer."),
        ])

    static let containerRestartRule = StructSchema(
        core: "ContainerRestartRule", "A container restart rule.",
        [
            Field(1, "action", .string, "What is done."),
            Field(2, "exitCodes", .object(containerRestartRuleOnExitCodes), .pointer, "The exit codes that are meant."),
        ])

    static let containerRestartRuleOnExitCodes = StructSchema(
        core: "ContainerRestartRuleOnExitCodes", "A container restart rule on exit codes.",
        [
            Field(1, "operator", .string, "How key and values are compared."),
            Field(2, "values", .array(.int32), list: .set, "The values."),
        ])

    static let volumeMount = StructSchema(
        core: "VolumeMount", "A volume mount.",
        [
            Field(1, "name", .string, .always, required: true, "The name."),
            Field(2, "readOnly", .bool, "Whether it cannot be written."),
            Field(
                7, "recursiveReadOnly", .string, .pointer,
                "Whether mounts below are read-only too: Disabled, IfPossible or Enabled."),
            Field(3, "mountPath", .string, .always, required: true, "The path in the container."),
            Field(4, "subPath", .string, "A path inside the volume to mount."),
            Field(5, "mountPropagation", .string, .pointer, "None (the default), HostToContainer or Bidirectional."),
            Field(6, "subPathExpr", .string, "As subPath, with environment variables."),
        ])

    static let volumeDevice = StructSchema(
        core: "VolumeDevice", "A volume device.",
        [
            Field(1, "name", .string, .always, required: true, "The name."),
            Field(2, "devicePath", .string, .always, required: true, "The path of the device in the container."),
        ])

    static let ephemeralContainer = StructSchema(
        core: "EphemeralContainer", "An ephemeral container.",
        container.inlined(as: 1) + [
            Field(2, "targetContainerName", .string, "The target container name.")
        ])
}
