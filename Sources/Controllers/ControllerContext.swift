public import KubeAPI
public import KubeClient
public import Logging

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
    public let logger: Logger

    public init(
        client: KubeClient, informers: SharedInformers, record: @escaping @Sendable (KubeEvent) -> Void,
        clock: RetryClock = .system, time: @escaping @Sendable () -> Timestamp = { .now() }, logger: Logger
    ) {
        self.client = client
        self.informers = informers
        self.record = record
        self.clock = clock
        self.time = time
        self.logger = logger
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
