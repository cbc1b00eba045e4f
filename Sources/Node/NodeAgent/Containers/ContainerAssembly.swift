import ContainerRuntime
import KubeAPI

/// Puts together what the runtime is told of a pod's sandbox and of its containers. Pure.
struct ContainerAssembly: Sendable {
    struct Host: Hashable, Sendable {
        var addresses: [String] = []
        /// What pods may use: amounts by name.
        var allocatable: [String: String] = [:]
        /// Bytes.
        var memory: Int64 = 0
        var logDirectory = "/var/log/pods"
        var rootDirectory = "/var/lib/viaduct/node"
        var cgroupParent = "/kubepods"
    }

    let pod: BoundPod
    let host: Host

    // MARK: The sandbox

    var logDirectory: String {
        "\(host.logDirectory)/\(pod.metadata.namespace)_\(pod.metadata.name)_\(pod.metadata.uid)"
    }

    func sandbox(
        attempt: UInt32, hostname: PodHostname, dns: SandboxConfiguration.DNS, runtimeHandler: String
    ) -> SandboxConfiguration {
        var sandbox = SandboxConfiguration(pod: pod.identity)
        sandbox.attempt = attempt
        sandbox.hostname = pod.spec.namespaces.hostNetwork ? "" : hostname.ofKernel
        sandbox.logDirectory = logDirectory
        sandbox.dns = dns
        sandbox.labels = pod.metadata.labels.merging(identityLabels) { _, own in own }
        sandbox.annotations = pod.metadata.annotations
        sandbox.cgroupParent = host.cgroupParent
        for entry in pod.spec.securityContext.list("sysctls") {
            sandbox.sysctls[entry.text("name")] = entry.text("value")
        }
        sandbox.namespaces = pod.spec.namespaces
        sandbox.runtimeHandler = runtimeHandler
        sandbox.isPrivileged = (pod.spec.containers + pod.spec.initContainers).contains {
            $0.securityContext.flag("privileged")
        }
        sandbox.runAsUser = pod.spec.securityContext.integer("runAsUser")
        sandbox.runAsGroup = pod.spec.securityContext.integer("runAsGroup")
        sandbox.supplementalGroups = SecurityRules.groups(pod.spec.securityContext)
        if !pod.spec.namespaces.hostNetwork {
            sandbox.portMappings = (pod.spec.containers + pod.spec.sidecars).flatMap(\.ports)
                .filter { $0.hostPort > 0 }
                .map {
                    .init(
                        transport: $0.transport, containerPort: $0.containerPort, hostPort: $0.hostPort,
                        hostIP: $0.hostIP)
                }
        }
        return sandbox
    }

    private var identityLabels: [String: String] {
        [
            PodLabels.name: pod.metadata.name, PodLabels.namespace: pod.metadata.namespace,
            PodLabels.uid: pod.metadata.uid,
        ]
    }

    // MARK: A container

    /// What is there when a container is to start.
    struct Materials: Sendable {
        var image: RuntimeImage?
        /// What the runtime calls the image.
        var imageReference: String
        var podAddresses: [String]
        var objects: ReferencedObjects
        var services: [Service]
        /// Volumes' directories, by name.
        var volumes: [String: String]
        /// The pod's own /etc/hosts; nil: the container brings one.
        var hostsFile: String?
        /// Where the container leaves its last message.
        var terminationMessageFile: String
    }

    /// A mount whose path below a volume must be looked at before it is used.
    struct SubPath: Hashable, Sendable {
        var mount: Int
        var volume: String
        var path: String
    }

    struct Assembled: Sendable {
        var configuration: ContainerConfiguration
        var subPaths: [SubPath]
    }

    /// - Throws: ``StatusProblem`` that stands in the container's status.
    func container(
        _ definition: ContainerDefinition, attempt: UInt32, restartCount: Int, _ materials: Materials
    ) throws(StatusProblem) -> Assembled {
        var result = ContainerConfiguration(name: definition.name, image: materials.imageReference)
        result.attempt = attempt
        let fields = DownwardFields(
            pod: pod, podAddresses: materials.podAddresses, hostAddresses: host.addresses,
            allocatable: host.allocatable)
        let services = ServiceVariables.variables(
            materials.services, namespace: pod.metadata.namespace, hasLinks: pod.spec.hasServiceLinks)
        result.environment = try EnvironmentBuilder(
            container: definition, namespace: pod.metadata.namespace, fields: fields, objects: materials.objects,
            services: services
        ).variables()
        let values = Dictionary(result.environment.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        result.command = definition.command.map { VariableExpansion.expand($0) { values[$0] } }
        result.arguments = definition.arguments.map { VariableExpansion.expand($0) { values[$0] } }
        result.workingDirectory = definition.workingDirectory
        result.labels = identityLabels.merging([PodLabels.container: definition.name]) { $1 }
        result.annotations = annotations(definition, restartCount, materials)
        result.logPath = "\(definition.name)/\(restartCount).log"
        result.hasInput = definition.hasInput
        result.endsInputWithSession = definition.endsInputWithSession
        result.hasTerminal = definition.hasTerminal
        result.namespaces = pod.spec.namespaces
        result.resources = ResourceNumbers.resources(definition, pod.qualityOfService, nodeMemory: host.memory)
        let rules = SecurityRules(
            pod.spec, definition.securityContext, profileDirectory: host.rootDirectory + "/seccomp")
        result.security = try rules.security(
            materials.image, description: "pod: \"\(pod.fullName)\", container: \(definition.name)")
        let subPaths = try addMounts(definition, materials, values, to: &result)
        return Assembled(configuration: result, subPaths: subPaths)
    }

    private func annotations(
        _ definition: ContainerDefinition, _ restartCount: Int, _ materials: Materials
    ) -> [String: String] {
        [
            PodLabels.hash: definition.identityHash, PodLabels.restartCount: String(restartCount),
            PodLabels.terminationMessagePath: definition.terminationMessagePath,
            PodLabels.terminationMessagePolicy: definition.terminationMessagePolicy,
            PodLabels.terminationMessageFile: materials.terminationMessageFile,
            PodLabels.gracePeriod: String(pod.spec.gracePeriod),
        ]
    }

    private func addMounts(
        _ definition: ContainerDefinition, _ materials: Materials, _ values: [String: String],
        to result: inout ContainerConfiguration
    ) throws(StatusProblem) -> [SubPath] {
        var subPaths: [SubPath] = []
        for mount in definition.mounts {
            guard let directory = materials.volumes[mount.name] else {
                throw StatusProblem(
                    "CreateContainerConfigError",
                    "cannot find volume \"\(mount.name)\" to mount into container \"\(definition.name)\"")
            }
            let path = mount.path.hasPrefix("/") ? mount.path : "/" + mount.path
            let below = try subPath(mount, values)
            if !below.isEmpty {
                subPaths.append(SubPath(mount: result.mounts.count, volume: directory, path: below))
            }
            result.mounts.append(
                .init(
                    containerPath: path, hostPath: directory, isReadOnly: mount.isReadOnly,
                    propagation: mount.propagation))
        }
        if let hosts = materials.hostsFile, !definition.mounts.contains(where: { $0.path == "/etc/hosts" }) {
            result.mounts.append(.init(containerPath: "/etc/hosts", hostPath: hosts))
        }
        if !definition.terminationMessagePath.isEmpty {
            result.mounts.append(
                .init(
                    containerPath: definition.terminationMessagePath, hostPath: materials.terminationMessageFile))
        }
        return subPaths
    }

    private func subPath(
        _ mount: ContainerDefinition.VolumeMount, _ values: [String: String]
    ) throws(StatusProblem) -> String {
        guard !mount.subPathExpression.isEmpty else { return try Self.checked(mount.subPath) }
        var missing: String?
        let path = VariableExpansion.expand(mount.subPathExpression) { name in
            if values[name] == nil { missing = name }
            return values[name] ?? ""
        }
        if let missing {
            throw StatusProblem(
                "CreateContainerConfigError",
                "failed to expand subPathExpr \"\(mount.subPathExpression)\": missing value for \"\(missing)\"")
        }
        return try Self.checked(path)
    }

    /// A path that stays below.
    private static func checked(_ path: String) throws(StatusProblem) -> String {
        if path.hasPrefix("/") {
            throw StatusProblem("CreateContainerConfigError", "subPath \"\(path)\" must not be an absolute path")
        }
        if path.split(separator: "/").contains("..") {
            throw StatusProblem("CreateContainerConfigError", "subPath \"\(path)\" must not contain \"..\"")
        }
        return path
    }
}
