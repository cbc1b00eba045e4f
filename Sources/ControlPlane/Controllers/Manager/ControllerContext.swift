public import KubeAPI
public import KubeClient
public import Logging
public import PrometheusMetrics

/// What every controller works with.
public struct ControllerContext: Sendable {
    public let client: KubeClient
    public let informers: SharedInformers
    /// Told to the users of an object.
    public let record: @Sendable (KubeEvent) -> Void
    /// For pauses and for what is measured by them.
    public let clock: RetryClock
    /// The time that is written into objects and compared with what stands there.
    public let time: @Sendable () -> Timestamp
    public let registry: MetricsRegistry
    public let logger: Logger
    let monitor: ControllerMonitor
    private let queueMetrics: WorkQueueMetrics

    public init(
        client: KubeClient, informers: SharedInformers, record: @escaping @Sendable (KubeEvent) -> Void,
        clock: RetryClock = .system, time: @escaping @Sendable () -> Timestamp = { .now() },
        registry: MetricsRegistry = MetricsRegistry(), logger: Logger
    ) {
        self.client = client
        self.informers = informers
        self.record = record
        self.clock = clock
        self.time = time
        self.registry = registry
        self.logger = logger
        monitor = ControllerMonitor(clock: clock) { informers.unsynced }
        queueMetrics = WorkQueueMetrics(registry)
    }

    /// What works on keys for a controller, with metrics and under the eye of its health check.
    /// - Parameters:
    ///   - name: the ``ManagedController``'s.
    ///   - queue: the label `name` of its metrics: what kube-controller-manager calls the queue, where it has one.
    func controller<Key: Hashable & Sendable>(
        _ name: String, queue: String, workers: Int = 4, reconcile: @escaping Controller<Key>.Reconcile
    ) -> Controller<Key> {
        let controller = Controller<Key>(
            name, workers: workers, clock: clock, observer: queueMetrics.observer(queue), logger: logger,
            reconcile: reconcile)
        queueMetrics.watch(controller.queue, queue)
        monitor.watch(controller.queue, of: name)
        return controller
    }
}

/// One of the controllers that a ``ControllerManager`` runs. Its initializer asks the context for its informers and
/// adds its handlers to them; nothing happens before ``run()``.
public protocol ManagedController: Sendable {
    /// As in flags and metrics: `replicaset-controller`.
    var name: String { get }

    /// Works until the task is cancelled. The informers' caches are complete when it begins.
    func run() async
}
