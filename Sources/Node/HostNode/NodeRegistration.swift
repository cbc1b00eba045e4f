import KubeAPI
public import KubeClient
import LinuxSystem
public import Logging
public import NetworkAddress

/// Keeps a Node object and its Lease for this host, as a kubelet does, so that Services find their node and its
/// addresses.
public struct NodeRegistration: Sendable {
    /// Of the taint that says that no kubelet is here.
    public static let taintKey = "viaduct.io/no-kubelet"

    private let client: KubeClient
    private let node: HostNode
    private let periods: NodeHeartbeat.Periods
    private let clock: RetryClock
    private let logger: Logger

    /// How long after a failure it is tried again.
    private static let retryPeriod = Duration.seconds(1)

    /// - Parameter addresses: those to report.
    public init(
        client: KubeClient, name: String, addresses: [IPAddress], periods: NodeHeartbeat.Periods = .init(),
        clock: RetryClock = .system, logger: Logger
    ) {
        self.client = client
        node = HostNode(name: name, addresses: addresses, facts: .ofThisHost())
        self.periods = periods
        self.clock = clock
        self.logger = logger
    }

    /// The addresses that this host sends from, one of each family that has a default route.
    public static var hostAddresses: [IPAddress] { IPFamily.allCases.compactMap(SourceAddress.preferred) }

    /// Registers the node, once: a failure is logged, and ``run()`` tries again.
    public func register() async {
        var heartbeat = NodeHeartbeat(node, periods)
        do throws(APIError) {
            _ = try await beat(&heartbeat)
            logger.info("registered node \(node.name)", metadata: ["addresses": "\(node.addresses)"])
        } catch {
            logger.error("cannot register this host's node", metadata: ["error": "\(error)"])
        }
    }

    /// Speaks for the node until the task is cancelled. Failures are tried again for ever; a Node that somebody removes
    /// does not come back before the next start.
    public func run() async {
        var heartbeat = NodeHeartbeat(node, periods)
        var failures = 0
        while true {
            var pause: Duration
            do throws(APIError) {
                pause = min(periods.renewal, try await beat(&heartbeat) ?? periods.renewal)
                if failures > 0 { logger.info("the node is heard again", metadata: ["node": "\(node.name)"]) }
                failures = 0
            } catch {
                // The first of a row is enough.
                logger.log(
                    level: failures > 0 ? .debug : .warning, "the node's heartbeat failed and is tried again",
                    metadata: ["node": "\(node.name)", "error": "\(error)"])
                failures += 1
                pause = min(periods.renewal, Self.retryPeriod)
            }
            guard (try? await clock.sleep(pause)) != nil else { return }
        }
    }

    private func beat(_ heartbeat: inout NodeHeartbeat) async throws(APIError) -> Duration? {
        let present = try await present()
        return try await heartbeat.beat(node, present, client, clock: clock, time: .now())
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
