/// Fields and protobuf numbers are those of core/v1.
extension StructSchema {
    static let pod = root(
        "Pod", "Containers that run together on a node.",
        [
            Field(2, "spec", .object(podSpec), .always, "What the pod should run."),
            Field(3, "status", .object(podStatus), .always, "What was last seen of the pod."),
        ])

    static let podSpec = StructSchema(
        core: "PodSpec", "What a pod should run.",
        [
            Field(
                1, "volumes", .array(.object(volume)), mergeKey: "name", list: .map(["name"]),
                "Volumes that containers of the pod can mount."),
            Field(
                20, "initContainers", .array(.object(container)), mergeKey: "name", list: .map(["name"]),
                "Containers that run to their end one after another before the others start."),
            Field(
                2, "containers", .array(.object(container)), .always, required: true, mergeKey: "name",
                list: .map(["name"]), "The containers of the pod, at least one. They cannot be added or removed later."),
            Field(
                34, "ephemeralContainers", .array(.object(ephemeralContainer)), mergeKey: "name", list: .map(["name"]),
                "Containers for debugging, added to a running pod by its own subresource."),
            Field(3, "restartPolicy", .string, "Always (the default), OnFailure or Never, for all containers."),
            Field(
                4, "terminationGracePeriodSeconds", .int64, .pointer,
                "Seconds between asking processes to end and killing them; 30 if left out."),
            Field(
                5, "activeDeadlineSeconds", .int64, .pointer,
                "Seconds after which the pod is ended and marked as failed."),
            Field(6, "dnsPolicy", .string, "ClusterFirst (the default), ClusterFirstWithHostNet, Default or None."),
            Field(7, "nodeSelector", .map(.string), atomic: true, "Labels that a node must have to run the pod."),
            Field(8, "serviceAccountName", .string, "The ServiceAccount that the pod runs as."),
            Field(9, "serviceAccount", .string, "Old name of serviceAccountName."),
            Field(
                21, "automountServiceAccountToken", .bool, .pointer,
                "Whether a token of the service account is mounted."),
            Field(10, "nodeName", .string, "The node that the pod runs on; set by the scheduler through a binding."),
            Field(11, "hostNetwork", .bool, "Whether the pod uses the node's network."),
            Field(12, "hostPID", .bool, "Whether the pod sees the node's processes."),
            Field(13, "hostIPC", .bool, "Whether the pod shares the node's IPC namespace."),
            Field(27, "shareProcessNamespace", .bool, .pointer, "Whether the containers see each other's processes."),
            Field(
                14, "securityContext", .object(podSecurityContext), .pointer,
                "Security settings of the pod and defaults for its containers."),
            Field(
                15, "imagePullSecrets", .array(.object(localObjectReference)), mergeKey: "name", list: .map(["name"]),
                "Secrets with credentials for registries."),
            Field(16, "hostname", .string, "The host name inside the pod; the pod's name if left out."),
            Field(17, "subdomain", .string, "With it the pod's full name is hostname.subdomain.namespace.svc.DOMAIN."),
            Field(18, "affinity", .object(affinity), .pointer, "Which nodes and neighbours the pod wants or avoids."),
            Field(19, "schedulerName", .string, "The scheduler that is responsible; default-scheduler if left out."),
            Field(22, "tolerations", .array(.object(toleration)), "Taints that do not keep the pod off a node."),
            Field(
                23, "hostAliases", .array(.object(hostAlias)), mergeKey: "ip", list: .map(["ip"]),
                "Further lines of the pod's hosts file."),
            Field(24, "priorityClassName", .string, "The PriorityClass that gives the pod's priority."),
            Field(25, "priority", .int32, .pointer, "The pod's priority; the server sets it from the class."),
            Field(
                26, "dnsConfig", .object(podDNSConfig), .pointer,
                "Resolver settings that are merged with those of the policy."),
            Field(
                28, "readinessGates", .array(.object(podReadinessGate)),
                "Further conditions that a pod needs to be ready."),
            Field(29, "runtimeClassName", .string, .pointer, "The RuntimeClass to run the pod with."),
            Field(
                30, "enableServiceLinks", .bool, .pointer,
                "Whether containers get environment variables for services; true if left out."),
            Field(31, "preemptionPolicy", .string, .pointer, "PreemptLowerPriority (the default) or Never."),
            Field(32, "overhead", .map(.quantity), "Resources that running a pod takes beyond its containers."),
            Field(
                33, "topologySpreadConstraints", .array(.object(topologySpreadConstraint)), mergeKey: "topologyKey",
                list: .map(["topologyKey", "whenUnsatisfiable"]),
                "How pods of a group spread over zones, nodes and the like."),
            Field(35, "setHostnameAsFQDN", .bool, .pointer, "Whether the host name is the full domain name."),
            Field(36, "os", .object(podOS), .pointer, "The operating system that the pod needs."),
            Field(
                37, "hostUsers", .bool, .pointer, "Whether the pod uses the node's user namespace; true if left out."),
            Field(
                38, "schedulingGates", .array(.object(podSchedulingGate)), mergeKey: "name", list: .map(["name"]),
                "While there are any, the pod is not scheduled. They can only be removed."),
            Field(
                39, "resourceClaims", .array(.object(podResourceClaim)), mergeKey: "name", list: .map(["name"]),
                "Claims of dynamic resources that containers may refer to."),
            Field(
                40, "resources", .object(resourceRequirements), .pointer, "Requests and limits of the pod as a whole."),
            Field(41, "hostnameOverride", .string, .pointer, "The host name, whatever the name of the pod is."),
            Field(
                43, "schedulingGroup", .object(podSchedulingGroup), .pointer,
                "The group that the pod is scheduled with."),
        ])

    static let podTemplateSpec = StructSchema(
        core: "PodTemplateSpec", "Metadata and spec of pods to make.",
        [
            Field(1, "metadata", .object(objectMeta), .always, "Standard metadata."),
            Field(2, "spec", .object(podSpec), .always, "The desired state."),
        ])

    static let hostAlias = StructSchema(
        core: "HostAlias", "A host alias.",
        [
            Field(1, "ip", .string, .always, required: true, "The address."),
            Field(2, "hostnames", .array(.string), "The names of the address."),
        ])

    static let podDNSConfig = StructSchema(
        core: "PodDNSConfig", "A pod DNS config.",
        [
            Field(1, "nameservers", .array(.string), "Addresses of name servers."),
            Field(2, "searches", .array(.string), "Domains to search."),
            Field(3, "options", .array(.object(podDNSConfigOption)), "Options."),
        ])

    static let podDNSConfigOption = StructSchema(
        core: "PodDNSConfigOption", "A pod DNS config option.",
        [
            Field(1, "name", .string, "The name."),
            Field(2, "value", .string, .pointer, "The value."),
        ])

    static let podReadinessGate = StructSchema(
        core: "PodReadinessGate", "A pod readiness gate.",
        [
            Field(1, "conditionType", .string, .always, required: true, "The type of the condition.")
        ])

    static let podOS = StructSchema(
        core: "PodOS", "A pod OS.",
        [
            Field(1, "name", .string, .always, required: true, "The name.")
        ])

    static let podSchedulingGate = StructSchema(
        core: "PodSchedulingGate", "A pod scheduling gate.",
        [
            Field(1, "name", .string, .always, required: true, "The name.")
        ])

    static let podResourceClaim = StructSchema(
        core: "PodResourceClaim", "A pod resource claim.",
        [
            Field(1, "name", .string, .always, required: true, "The name."),
            Field(3, "resourceClaimName", .string, .pointer, "The name of the ResourceClaim."),
            Field(4, "resourceClaimTemplateName", .string, .pointer, "The template that a ResourceClaim is made from."),
        ])

    static let podSchedulingGroup = StructSchema(
        core: "PodSchedulingGroup", "A pod scheduling group.",
        [
            Field(1, "podGroupName", .string, .pointer, "The pod group name.")
        ])

    static let localObjectReference = StructSchema(
        core: "LocalObjectReference", "A local object reference.",
        [
            Field(1, "name", .string, "The name.")
        ])
}
