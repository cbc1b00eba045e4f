import ContainerRuntime
import FoundationEssentials
import LinuxSystem

/// What is here of pods that nobody wants any more: they were deleted while the agent was away.
struct Orphans: Sendable {
    let context: AgentContext

    /// Ends the containers of a pod that is not known, and removes all of it.
    func remove(_ uid: String) async throws {
        let runtime = context.runtime
        let containers = try await runtime.containers(ofPod: uid)
        for container in containers where container.state == .running {
            let seconds = Int64(container.annotations[PodLabels.gracePeriod] ?? "") ?? 30
            try await runtime.stopContainer(container.id, grace: .seconds(min(max(seconds, 0), 3600)))
        }
        let sandboxes = try await runtime.sandboxes(ofPod: uid)
        for sandbox in sandboxes { try await runtime.stopSandbox(sandbox.id) }
        for container in containers { try await runtime.removeContainer(container.id) }
        for sandbox in sandboxes {
            try await runtime.removeSandbox(sandbox.id)
            let name = "\(sandbox.pod.namespace)_\(sandbox.pod.name)_\(uid)"
            try? FileManager.default.removeItem(atPath: "\(context.configuration.logDirectory)/\(name)")
        }
        try context.directory(uid).remove()
    }

    /// Directories of pods that neither the API nor the runtime has.
    func directories(known: Set<String>) -> [String] {
        let path = context.configuration.rootDirectory + "/pods"
        let present = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return present.filter { !known.contains($0) }
    }
}
