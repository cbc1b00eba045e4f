import ContainerRuntime
import HostNode
import JSONStream
import KubeAPI
import KubeClient
import Logging
import Synchronization

/// Speaks for the node: registers it, renews its Lease, and tells at once when the runtime is away or back.
struct NodeHeart: Sendable {
    let client: KubeClient
    let runtime: any ContainerRuntime
    let node: AgentNode
    let clock: RetryClock
    let time: @Sendable () -> Timestamp
    let pressures: @Sendable () -> Set<String>
    let logger: Logger

    /// How often the runtime is asked how it is.
    private static let period = Duration.seconds(2)
    /// How long a runtime may be away before the node says so.
    private static let patience = Duration.seconds(6)

    /// Works until the task is cancelled.
    func run() async {
        var heartbeat = NodeHeartbeat(node, node.configuration.heartbeat)
        var lastHeard = clock.now()
        var failures = 0
        while true {
            var reported = node
            (reported.problem, lastHeard) = await problem(lastHeard)
            reported.pressures = pressures()
            if reported.problem == nil { reported.images = await images() }
            do throws(APIError) {
                let present = try await present()
                _ = try await heartbeat.beat(reported, present, client, clock: clock, time: time())
                if let present { try await removeTaint(present) }
                if let present, differs(reported, present) {
                    try await client.patchStatus(present, reported.status(present, time: time()))
                }
                if failures > 0 { logger.info("the node is heard again", metadata: ["node": "\(node.name)"]) }
                failures = 0
            } catch {
                logger.log(
                    level: failures > 0 ? .debug : .warning, "the node's heartbeat failed and is tried again",
                    metadata: ["node": "\(node.name)", "error": "\(error)"])
                failures += 1
            }
            guard (try? await clock.sleep(Self.period)) != nil else { return }
        }
    }

    private func problem(_ lastHeard: Duration) async -> (String?, Duration) {
        do throws(RuntimeFailure) {
            let status = try await runtime.status()
            let now = clock.now()
            if let problem = status.runtimeProblem { return ("container runtime not ready: \(problem)", now) }
            if let problem = status.networkProblem { return ("container runtime network not ready: \(problem)", now) }
            return (nil, now)
        } catch {
            let isLong = clock.now() - lastHeard > Self.patience
            return (isLong ? "container runtime is down: \(error.message)" : nil, lastHeard)
        }
    }

    private func images() async -> [(names: [String], size: UInt64)] {
        guard let images = try? await runtime.images() else { return [] }
        return images.map { ($0.digests + $0.tags, $0.size) }.sorted { $0.1 > $1.1 }
    }

    /// `viaduct up` without containers left it.
    private func removeTaint(_ present: Node) async throws(APIError) {
        let kept = present.taints.filter { $0.key != NodeRegistration.taintKey }
        guard kept.count < present.taints.count else { return }
        let patch: JSONValue = [
            "metadata": ["resourceVersion": .string(present.metadata.resourceVersion)],
            "spec": ["taints": .array(kept.map(\.json))],
        ]
        _ = try await client.patch(Node.self, present.metadata.key, .merge, patch.serialized())
    }

    private func differs(_ wanted: AgentNode, _ present: Node) -> Bool {
        wanted.conditions.contains { condition in
            present.conditions.first { $0.type == condition.type }?.status != condition.status
        }
    }

    private func present() async throws(APIError) -> Node? {
        do throws(APIError) {
            return try await client.get(Node.self, ObjectKey(namespace: "", name: node.name))
        } catch {
            guard error.isNotFound else { throw error }
            return nil
        }
    }
}
