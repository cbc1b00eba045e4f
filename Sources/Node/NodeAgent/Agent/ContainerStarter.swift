import ContainerRuntime
import KubeAPI
import KubeClient
import LinuxSystem

/// Brings a container of a pod to run.
struct ContainerStarter: Sendable {
    let context: AgentContext

    struct Request: Sendable {
        var pod: BoundPod
        var definition: ContainerDefinition
        var attempt: UInt32
        var restartCount: Int
        var sandbox: String
        var sandboxConfiguration: SandboxConfiguration
        var addresses: [String]
        var volumes: [String: String]
        /// Whose processes an ephemeral container sees, by its identifier.
        var target: String?
    }

    enum Outcome: Sendable {
        case started(String)
        case failed(StatusProblem, isPull: Bool)
    }

    func start(_ request: Request) async throws -> Outcome {
        let (pod, definition) = (request.pod, request.definition)
        let found: ImageKeeper.Found
        switch try await ImageKeeper(context: context).ensure(definition, pod) {
        case .here(let image): found = image
        case .failed(let problem, let isPull): return .failed(problem, isPull: isPull)
        }
        let assembled: ContainerConfiguration
        do {
            assembled = try await configuration(request, found)
        } catch let problem as StatusProblem {
            context.tell(pod, .warning, "Failed", "Creating", "Error: \(problem.message)")
            return .failed(problem, isPull: false)
        }
        let id: String
        do throws(RuntimeFailure) {
            id = try await context.runtime.createContainer(
                assembled, in: request.sandbox, request.sandboxConfiguration)
        } catch {
            return try failed(pod, error, "CreateContainerError")
        }
        context.tell(pod, .normal, "Created", "Creating", "Container created")
        do throws(RuntimeFailure) {
            try await context.runtime.startContainer(id)
        } catch {
            return try failed(pod, error, "RunContainerError")
        }
        context.tell(pod, .normal, "Started", "Starting", "Container started")
        if let hook = definition.postStart {
            let problem = await HookRunner(context: context).run(
                hook, id, definition, addresses: request.addresses, timeout: nil)
            if let problem {
                context.tell(pod, .warning, "FailedPostStartHook", "Starting", "PostStartHook failed: \(problem)")
                try await context.runtime.stopContainer(id, grace: pod.gracePeriod)
                return .failed(StatusProblem("PostStartHookError", "PostStartHook failed"), isPull: false)
            }
        }
        return .started(id)
    }

    private func failed(_ pod: BoundPod, _ error: RuntimeFailure, _ reason: String) throws(RuntimeFailure) -> Outcome {
        if error.cause == .unreachable || error.cause == .cancelled { throw error }
        context.tell(pod, .warning, "Failed", "Creating", "Error: \(error.message)")
        return .failed(StatusProblem(reason, error.message), isPull: false)
    }

    private func configuration(_ request: Request, _ found: ImageKeeper.Found) async throws -> ContainerConfiguration {
        let (pod, definition) = (request.pod, request.definition)
        let objects = try await context.objects.read(
            ObjectReferences(variablesOf: [definition]).all, namespace: pod.metadata.namespace, age: .zero)
        let files = try makeFiles(request)
        let materials = ContainerAssembly.Materials(
            image: found.image, imageReference: found.reference, podAddresses: request.addresses, objects: objects,
            services: context.services?.cache.all ?? [], volumes: request.volumes, hostsFile: files.hosts,
            terminationMessageFile: files.message)
        var assembled = try context.assembly(pod).container(
            definition, attempt: request.attempt, restartCount: request.restartCount, materials)
        if context.runtime.runsProcesses {
            for subPath in assembled.subPaths {
                assembled.configuration.mounts[subPath.mount].hostPath = try PodDirectory.subPath(
                    subPath.path, of: subPath.volume)
            }
        }
        assembled.configuration.targetContainer = request.target
        return assembled.configuration
    }

    /// What a container finds besides its volumes: /etc/hosts, and where it leaves its last message.
    private func makeFiles(_ request: Request) throws(StatusProblem) -> (hosts: String?, message: String) {
        guard context.runtime.runsProcesses else { return (nil, "") }
        let directory = context.directory(request.pod.metadata.uid)
        let message: String
        do throws(SystemError) {
            message = try directory.makeMessageFile(
                request.definition.name, String(UInt32.random(in: 0 ... .max), radix: 16))
            try FileTree.makeDirectory("\(request.sandboxConfiguration.logDirectory)/\(request.definition.name)")
        } catch {
            throw StatusProblem("CreateContainerConfigError", error.description)
        }
        return (try hostsFile(request.pod, request.addresses, directory), message)
    }

    private func hostsFile(
        _ pod: BoundPod, _ addresses: [String], _ directory: PodDirectory
    ) throws(StatusProblem) -> String {
        let hostname = try PodHostname(pod, clusterDomain: context.configuration.clusterDomain)
        do throws(SystemError) {
            let text =
                pod.spec.namespaces.hostNetwork
                ? HostsFile.text(
                    host: String(decoding: try FileTree.read("/etc/hosts", limit: 1 << 20), as: UTF8.self),
                    pod.spec.hostAliases)
                : HostsFile.text(
                    addresses: addresses, hostname: hostname.name, domain: hostname.domain, pod.spec.hostAliases)
            try FileTree.write(directory.hostsFile, Array(text.utf8))
            return directory.hostsFile
        } catch {
            throw StatusProblem("CreateContainerConfigError", error.description)
        }
    }
}
