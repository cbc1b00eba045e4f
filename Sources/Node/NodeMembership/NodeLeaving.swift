import JSONStream
import KubeAPI
public import KubeClient
public import Logging

/// Takes a node out of the cluster: nothing new comes, what is there goes elsewhere, then the Node goes.
public struct NodeLeaving: Sendable {
    public struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
        public var description: String
    }

    private let client: KubeClient
    private let nodeName: String
    private let clock: RetryClock
    private let logger: Logger

    private static let pause = Duration.milliseconds(500)

    public init(client: KubeClient, nodeName: String, clock: RetryClock = .system, logger: Logger) {
        self.client = client
        self.nodeName = nodeName
        self.clock = clock
        self.logger = logger
    }

    private var key: ObjectKey { ObjectKey(namespace: "", name: nodeName) }

    /// Cordons the node and evicts its pods, as `kubectl drain --ignore-daemonsets --force --delete-emptydir-data`.
    /// DisruptionBudgets are kept to as long as there is time.
    /// - Parameters:
    ///   - timeout: how long pods may take; nil: as long as they like.
    ///   - disableEviction: delete pods whatever DisruptionBudgets say.
    /// - Throws: ``Problem`` when it takes too long, ``APIError``.
    public func drain(timeout: Duration?, disableEviction: Bool = false) async throws {
        guard try await cordon() else { return }
        let begin = clock.now()
        var asked: Set<String> = []
        var told = ""
        while true {
            let pods = try await evictable()
            if pods.isEmpty { return }
            var refused = ""
            for pod in pods where !asked.contains(pod.metadata.uid) {
                if let why = try await evict(pod, disableEviction) {
                    refused = why
                } else {
                    asked.insert(pod.metadata.uid)
                }
            }
            let names = pods.map { "\($0.metadata.key)" }.sorted().joined(separator: ", ")
            if let timeout, clock.now() - begin > timeout {
                throw Problem(
                    description: "pods are still on node \(nodeName) after \(timeout): \(names)"
                        + (refused.isEmpty ? "" : " (\(refused))")
                        + "; the node is cordoned and still a member. --disable-eviction deletes pods whatever "
                        + "PodDisruptionBudgets say")
            }
            if names != told { logger.info("pods are leaving", metadata: ["pods": "\(names)"]) }
            told = names
            try await clock.sleep(Self.pause)
        }
    }

    /// Whether there is such a Node.
    private func cordon() async throws(APIError) -> Bool {
        let patch: JSONValue = ["spec": ["unschedulable": true]]
        do throws(APIError) {
            _ = try await client.patch(Node.self, key, .merge, patch.serialized())
            return true
        } catch {
            if error.isNotFound { return false }
            throw error
        }
    }

    private func evictable() async throws(APIError) -> [Pod] {
        let page = try await client.list(Pod.self, ObjectSelector(fields: "spec.nodeName=\(nodeName)"))
        return page.items.filter { Self.isEvicted($0) }
    }

    /// Pods of the node itself, and those that a DaemonSet would only make again, end with the agent. One that ends is
    /// waited for until the agent has taken it away.
    static func isEvicted(_ pod: Pod) -> Bool {
        pod.metadata.annotations["kubernetes.io/config.mirror"] == nil
            && !pod.metadata.ownerReferences.contains { $0.isController && $0.kind == "DaemonSet" }
            && (!pod.isFinished || pod.metadata.isBeingDeleted)
    }

    /// Why it may not go yet; nil: it goes.
    private func evict(_ pod: Pod, _ isForced: Bool) async throws(APIError) -> String? {
        guard !pod.metadata.isBeingDeleted else { return nil }
        do throws(APIError) {
            if isForced {
                try await client.delete(Pod.self, pod.metadata.key, DeleteOptions(uid: pod.metadata.uid))
            } else {
                let eviction: JSONValue = [
                    "apiVersion": "policy/v1", "kind": "Eviction",
                    "metadata": [
                        "name": .string(pod.metadata.name), "namespace": .string(pod.metadata.namespace),
                    ],
                    "deleteOptions": ["preconditions": ["uid": .string(pod.metadata.uid)]],
                ]
                try await client.create(Pod.self, pod.metadata.key, subresource: "eviction", eviction.serialized())
            }
            return nil
        } catch {
            if error.isNotFound || error.isConflict { return nil }
            guard case .status(429, _, let message) = error.cause else { throw error }
            return message
        }
    }

    /// Removes the Node and its Lease. The agent must have ended, or it makes the Node again.
    public func removeNode() async throws(APIError) {
        do throws(APIError) {
            try await client.delete(Node.self, key)
        } catch {
            if !error.isNotFound { throw error }
        }
        do throws(APIError) {
            try await client.delete(Lease.self, ObjectKey(namespace: "kube-node-lease", name: nodeName))
        } catch {
            if !error.isNotFound { throw error }
        }
    }
}
