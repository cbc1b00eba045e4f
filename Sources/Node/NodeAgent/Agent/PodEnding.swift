import ContainerRuntime
import FoundationEssentials
import KubeAPI
import KubeClient
import LinuxSystem

/// Ends a pod that is to be deleted, or whose object is gone, and removes all that it left.
struct PodEnding: Sendable {
    let sync: PodSync

    private var context: AgentContext { sync.context }

    func proceed(_ start: PodRecord) async throws -> Controller<String>.Result {
        var record = start
        let uid = record.pod.metadata.uid
        sync.probes.stop(uid)
        if record.memory.startedAt == nil { record.memory.startedAt = Timestamp(record.pod.status.text("startTime")) }
        if !record.observation.running.isEmpty {
            // Seen as not ready at once, so that no new connections come.
            try await sync.report(&record)
            try await PodStopper(context: context).stopAll(
                record.observation, of: record.pod, grace: record.pod.gracePeriod, stopSandboxes: false)
            record.observation = try await sync.observe(&record)
        }
        record.memory.hasEnded = true
        sync.save(record)
        try await sync.report(&record)
        for sandbox in record.observation.sandboxes { try await context.runtime.stopSandbox(sandbox.id) }
        try context.directory(uid).remove()
        if !record.isGone, record.origin == .api, !(try await remove(record.pod)) {
            // Somebody else's finalizer holds it.
            return .done
        }
        try await clear(record)
        return .done
    }

    /// Whether the object is gone.
    private func remove(_ pod: BoundPod) async throws(APIError) -> Bool {
        do throws(APIError) {
            try await context.client.delete(
                BoundPod.self, pod.metadata.key, DeleteOptions(gracePeriod: 0, uid: pod.metadata.uid))
        } catch {
            // A conflict: another pod has its name.
            if !error.isNotFound, !error.isConflict { throw error }
            return true
        }
        return pod.metadata.finalizers.isEmpty
    }

    private func clear(_ record: PodRecord) async throws(RuntimeFailure) {
        let uid = record.pod.metadata.uid
        for container in record.observation.containers { try await context.runtime.removeContainer(container.id) }
        for sandbox in record.observation.sandboxes { try await context.runtime.removeSandbox(sandbox.id) }
        try? FileManager.default.removeItem(atPath: context.assembly(record.pod).logDirectory)
        context.tokens.forget(uid)
        sync.table.remove(uid)
    }
}
