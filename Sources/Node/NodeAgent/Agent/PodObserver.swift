import ContainerRuntime
import KubeAPI
import LinuxSystem

/// Asks the runtime for all that it has of a pod.
struct PodObserver: Sendable {
    let context: AgentContext

    /// Bytes of a termination message, and of what stands for one in the log (core/v1 Container).
    private static let maximumMessage = 4096
    private static let maximumLogMessage = 2048
    private static let maximumLogLines = 80

    func observe(_ record: PodRecord) async throws(RuntimeFailure) -> PodObservation {
        let uid = record.pod.metadata.uid
        var result = PodObservation()
        result.sandboxes = try await context.runtime.sandboxes(ofPod: uid).sorted { $0.createdAt > $1.createdAt }
        if let newest = result.sandboxes.first, newest.isReady {
            do throws(RuntimeFailure) {
                let detail = try await context.runtime.sandbox(newest.id)
                result.addresses = detail.addresses
            } catch {
                if error.cause != .notFound { throw error }
            }
        }
        for summary in try await context.runtime.containers(ofPod: uid).sorted(by: { $0.createdAt > $1.createdAt }) {
            if let known = record.ended[summary.id] {
                result.containers.append(known)
                continue
            }
            do throws(RuntimeFailure) {
                let detail = try await context.runtime.container(summary.id)
                var container = PodObservation.Container(summary: summary, detail: detail)
                if container.hasExited { container.terminationMessage = message(container) }
                result.containers.append(container)
            } catch {
                // It went in between.
                if error.cause != .notFound { throw error }
            }
        }
        return result
    }

    private func message(_ container: PodObservation.Container) -> String {
        let annotations = container.summary.annotations
        var text = ""
        if let file = annotations[PodLabels.terminationMessageFile],
            let bytes = try? FileTree.readEnd(file, limit: Self.maximumMessage)
        {
            text = String(decoding: bytes, as: UTF8.self)
        }
        let isFallback = annotations[PodLabels.terminationMessagePolicy] == "FallbackToLogsOnError"
        guard text.isEmpty, isFallback, container.detail.exitCode != 0, !container.detail.logPath.isEmpty else {
            return text
        }
        return LogTail.text(container.detail.logPath, lines: Self.maximumLogLines, bytes: Self.maximumLogMessage)
    }
}
