import JSONStream
import KubeAPI
import KubeClient
import Logging
import PrometheusMetrics

/// Removes pods that nobody else will remove (kube-controller-manager's pod-garbage-collector-controller).
public struct PodGarbageCollector: ManagedController {
    /// How often it looks.
    public static let period = Duration.seconds(20)

    public let name = "pod-garbage-collector-controller"
    private let context: ControllerContext
    private let threshold: Int
    private let pods: Informer<Pod>
    private let nodes: Informer<Node>

    /// - Parameter threshold: how many pods that have ended are kept; 0: all.
    public init(context: ControllerContext, threshold: Int = 12_500) {
        self.context = context
        self.threshold = threshold
        pods = context.informers.informer()
        nodes = context.informers.informer()
    }

    public func run() async {
        var garbage = PodGarbage(threshold: threshold)
        let labels = ["namespace", "reason"]
        let deleted = context.registry.counter(
            "pod_gc_collector_force_delete_pods_total",
            "Number of pods that are being forcefully deleted since the Pod GC Controller started.", labels: labels)
        let failures = context.registry.counter(
            "pod_gc_collector_force_delete_pod_errors_total",
            "Number of errors encountered when forcefully deleting the pods since the Pod GC Controller started.",
            labels: labels)
        repeat {
            context.monitor.beginsRound(name, pause: Self.period)
            for item in garbage.collect(pods.cache.all, nodes.cache.all, now: context.clock.now()) {
                let namespace = item.pod.metadata.namespace
                deleted.with(namespace, item.reason.rawValue).increment()
                do {
                    try await remove(item)
                } catch {
                    failures.with(namespace, item.reason.rawValue).increment()
                    context.logger.warning(
                        "a pod was not removed",
                        metadata: ["pod": "\(item.pod.metadata.key)", "error": "\(error)"])
                }
            }
        } while (try? await context.clock.sleep(Self.period)) != nil
    }

    private func remove(_ item: PodGarbage.Item) async throws(APIError) {
        let pod = item.pod
        do throws(APIError) {
            if item.reason == .orphaned, try await nodeExists(pod.spec.nodeName) { return }
            if !pod.isFinished {
                var status: JSONValue = ["phase": "Failed"]
                if item.reason == .orphaned {
                    let condition = PodDisruption.condition(
                        "DeletionByPodGC", "PodGC: node no longer exists", context.time())
                    status["conditions"] = [condition.json]
                }
                try await context.client.patchStatus(pod, status)
            }
            try await context.client.delete(
                Pod.self, pod.metadata.key, DeleteOptions(gracePeriod: 0, uid: pod.metadata.uid))
        } catch {
            if !error.isNotFound { throw error }
        }
    }

    /// Asks the server: the cache may be late.
    private func nodeExists(_ name: String) async throws(APIError) -> Bool {
        do throws(APIError) {
            _ = try await context.client.get(Node.self, ObjectKey(namespace: "", name: name))
            return true
        } catch {
            if error.isNotFound { return false }
            throw error
        }
    }
}
