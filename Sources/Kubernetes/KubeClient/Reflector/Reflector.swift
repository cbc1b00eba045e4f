public import KubeAPI
public import Logging

/// Reports all objects of one kind to a handler: by a list, then a watch from there on, again and again.
///
/// It keeps only keys and resource versions, not objects. It calls the handler for one event after the other, and reads
/// no further while the handler works.
public struct Reflector<Object: APIObject>: Sendable {
    public typealias Handler = @Sendable (ReflectorEvent<Object>) async -> Void

    private let client: KubeClient
    private let selector: ObjectSelector
    private let clock: RetryClock
    private let pageSize: Int
    private let limits: ReflectorLimits
    private let logger: Logger
    private let handler: Handler

    /// - Parameter pageSize: objects per page; servers may send more. Large, since objects are decoded while they
    ///   arrive: a page costs memory only on the server, where each page costs a scan of its keys.
    public init(
        _ type: Object.Type = Object.self, client: KubeClient, selector: ObjectSelector = .all, pageSize: Int = 5000,
        limits: ReflectorLimits = ReflectorLimits(), clock: RetryClock = .system, logger: Logger,
        handler: @escaping Handler
    ) {
        self.client = client
        self.selector = selector
        self.pageSize = pageSize
        self.limits = limits
        self.clock = clock
        self.logger = logger
        self.handler = handler
    }

    /// Runs until the task is cancelled, then returns. Failures of the server are logged and retried for ever.
    public func run() async {
        let session = ReflectorSession(
            client: client, selector: selector, pageSize: pageSize, limits: limits, clock: clock, logger: logger,
            handler: handler)
        await session.run()
    }
}
