import LinuxSystem
public import Logging
import NIOPosix
import Synchronization

/// Gives each pod a network namespace of its own, on one bridge, with servers on its ports that say who they are. All in
/// this process and in the network namespace that it runs in; needs CAP_SYS_ADMIN and CAP_NET_ADMIN.
///
/// Pods of the node's network have no namespace and no servers.
public final class NamespacePodRunner: PodRunner {
    private struct Running: Sendable {
        var pod: SimulatedPod
        var namespace: NetworkNamespace
        var server: PodServer
    }

    private let bridge: PodBridge
    private let logger: Logger
    private let running = Mutex<[String: Running]>([:])

    public init(_ network: NamespaceNetwork, logger: Logger) {
        bridge = PodBridge(network)
        self.logger = logger
    }

    public func prepare() async throws { try await bridge.prepare() }

    public func start(_ pod: SimulatedPod) async throws {
        guard !pod.isOnHostNetwork else { return }
        let (namespace, sockets) = try await bridge.connect(pod)
        do {
            let server = try await PodServer.start(pod, sockets, group: MultiThreadedEventLoopGroup.singleton)
            running.withLock { $0[pod.uid] = Running(pod: pod, namespace: namespace, server: server) }
        } catch {
            await disconnect(pod)
            throw error
        }
    }

    public func stop(_ pod: SimulatedPod) async {
        guard let present = running.withLock({ $0.removeValue(forKey: pod.uid) }) else { return }
        await present.server.stop()
        await disconnect(pod)
    }

    private func disconnect(_ pod: SimulatedPod) async {
        do {
            try await bridge.disconnect(pod)
        } catch {
            logger.warning("a pod's devices were not removed", metadata: ["pod": "\(pod.key)", "error": "\(error)"])
        }
    }

    public func finish() async {
        let left = running.withLock { running in
            defer { running = [:] }
            return Array(running.values)
        }
        for present in left {
            await present.server.stop()
            // Not left to the end of the namespaces, which the kernel takes its time for.
            await disconnect(present.pod)
        }
        do {
            try await bridge.finish()
        } catch {
            logger.warning("the bridge of the pods was not removed", metadata: ["error": "\(error)"])
        }
    }
}
