public import ContainerRuntime
import FoundationEssentials
import LinuxSystem
public import Logging

/// Removes what pods left on a host that is no node any more.
public struct HostCleanup: Sendable {
    private let rootDirectory: String
    private let logDirectory: String
    private let logger: Logger

    /// What a container may take to end.
    private static let grace = Duration.seconds(10)

    public init(rootDirectory: String, logDirectory: String, logger: Logger) {
        self.rootDirectory = rootDirectory
        self.logDirectory = logDirectory
        self.logger = logger
    }

    /// Ends and removes all pods that the runtime has, and their directories. What fails is told and keeps nothing else
    /// from going.
    public func removePods(_ runtime: any ContainerRuntime) async {
        await attempt("containers") {
            for container in try await runtime.containers(ofPod: nil) where container.state == .running {
                try await runtime.stopContainer(container.id, grace: Self.grace)
            }
            for container in try await runtime.containers(ofPod: nil) {
                try await runtime.removeContainer(container.id)
            }
        }
        await attempt("sandboxes") {
            for sandbox in try await runtime.sandboxes(ofPod: nil) {
                try await runtime.stopSandbox(sandbox.id)
                try await runtime.removeSandbox(sandbox.id)
                let name = "\(sandbox.pod.namespace)_\(sandbox.pod.name)_\(sandbox.pod.uid)"
                try? FileManager.default.removeItem(atPath: "\(logDirectory)/\(name)")
            }
        }
        let pods = (try? FileManager.default.contentsOfDirectory(atPath: rootDirectory + "/pods")) ?? []
        for uid in pods {
            await attempt("volumes of pod \(uid)") { try PodDirectory(root: rootDirectory, uid: uid).remove() }
        }
    }

    private func attempt(_ what: String, _ work: () async throws -> Void) async {
        do {
            try await work()
        } catch {
            logger.warning("\(what) cannot be removed", metadata: ["error": "\(error)"])
        }
    }
}
