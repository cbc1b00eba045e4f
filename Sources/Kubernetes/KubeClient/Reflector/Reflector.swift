public import KubeAPI
public import Logging

/// Keeps a handler informed of all objects of one kind: a list, then a watch from there on, again and again.
///
/// Objects are not kept, only their keys and resource versions. The handler is called for one event after the other and
/// holds back the connection while it works.
public struct Reflector<Object: APIObject>: Sendable {
    public typealias Handler = @Sendable (ReflectorEvent<Object>) async -> Void

    private let client: KubeClient
    private let selector: ObjectSelector
    private let clock: RetryClock
    private let pageSize: Int
    private let limits: ReflectorLimits
    private let logger: Logger
    private let handler: Handler

    /// - Parameter pageSize: objects to ask for at once; servers may send more. Many, since they are decoded while they
    ///   arrive: a page costs memory on the server only, and each page a look through its keys.
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

    /// Runs until the task is cancelled, then returns. Failures of the server are logged and tried again for ever.
    public func run() async {
        let session = ReflectorSession(
            client: client, selector: selector, pageSize: pageSize, limits: limits, clock: clock, logger: logger,
            handler: handler)
        await session.run()
    }
}
