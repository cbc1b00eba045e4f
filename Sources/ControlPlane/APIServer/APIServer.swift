import APIObjects
import APIResources
import APISecurity
import HummingbirdCore
import JSONStream
public import Logging
import NIOCore
import NetworkAddress
import ObjectStore
public import ServiceLifecycle

/// A Kubernetes API server over an object store, for HTTPS and for plain HTTP on loopback.
public struct APIServer: Service {
    /// The ports that are listened on.
    public struct Ports: Hashable, Sendable {
        public var secure: Int?
        public var plain: Int?
    }

    private let configuration: APIServerConfiguration
    private let logger: Logger
    private let readiness: Readiness

    public init(configuration: APIServerConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        readiness = Readiness(listeners: (configuration.secure == nil ? 0 : 1) + (configuration.plain == nil ? 0 : 1))
    }

    /// The ports that are listened on, once the server answers requests.
    /// - Throws: `CancellationError` if the server ends before, or the service group shuts down.
    public func ports() async throws -> Ports {
        try await cancelWhenGracefulShutdown { try await readiness.ports() }
    }

    /// Serves until the task is cancelled or the service group shuts down gracefully.
    /// - Throws: ``APIServerConfiguration/Invalid``, errors of the store, and errors of binding the address.
    public func run() async throws {
        defer { readiness.finish() }
        try configuration.validate()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await configuration.store.run() }
            group.addTask { try await serve() }
            defer { group.cancelAll() }
            // Whichever ends first ends the server.
            try await group.next()
        }
    }

    private func serve() async throws {
        let forwarder = try NodeForwarder(configuration.nodeAccess)
        do {
            try await serve(forwarder)
        } catch {
            await forwarder.shutdown()
            throw error
        }
        await forwarder.shutdown()
    }

    private func serve(_ forwarder: NodeForwarder) async throws {
        let registry = ResourceRegistry.standard
        let cache = WatchCache(store: configuration.store, resources: registry.definitions, logger: logger)
        let authorizer = Authorizer(
            modes: configuration.authorizationModes, rbac: RBACIndex(), references: NodeReferences())
        authorizer.rbac.follow(cache)
        if configuration.authorizationModes.contains(.node) { authorizer.references.follow(cache) }
        let allocators = Allocators(
            serviceCIDRs: configuration.serviceCIDRs, nodePorts: configuration.nodePortRange)
        let isShared = configuration.store.isShared
        if isShared { AllocatorRepair.follow(cache, allocators) }
        do {
            try await cancelWhenGracefulShutdown { try await cache.load() }
        } catch  where Task.isShuttingDownGracefully {
            // Nobody waits any longer for a store that cannot be reached.
            return
        }
        let security = await security(cache, registry)
        let tokenFile = TokenFileWatch(
            path: configuration.authentication.tokenFile, authenticator: security.authenticator, logger: logger)
        do {
            try tokenFile.read()
        } catch {
            throw APIServerConfiguration.Invalid(description: error.description)
        }
        let limiter = InFlightLimiter(configuration.limits)
        let kinds = KindRegistry(registry)
        let handler = APIHandler(
            kinds: kinds, store: configuration.store, cache: cache, allocators: allocators,
            admission: AdmissionContext(
                ipFamilies: configuration.serviceCIDRs.map(\.family.apiName),
                admitsServiceAccounts: configuration.admitsServiceAccounts, kinds: kinds, cache: cache),
            authorizer: authorizer, security: security, limits: configuration.limits,
            eventLifetime: configuration.eventLifetime,
            metrics: ServerMetrics(limiter),
            health: HealthChecks(store: configuration.store) { [readiness] in readiness.isStopping },
            forwarder: forwarder, logger: logger)
        let audit = try configuration.audit.map { try AuditLog($0, logger: logger) }
        let repair = AllocatorRepair(
            cache: cache, allocators: allocators, store: configuration.store, logger: logger)
        if !isShared { try repair.fill() }
        let limits = configuration.limits
        let pipeline = RequestPipeline(
            handler: handler, limiter: limiter, audit: audit,
            deadlines: RequestDeadlines(limit: limits.requestTimeout),
            unread: UnreadAnswers(limit: limits.unreadSize, patience: limits.requestTimeout))
        try await withThrowingTaskGroup(of: Void.self) { group in
            if let audit { group.addTask { try await audit.run() } }
            // The group ends when the log has written all that it was given.
            defer { audit?.finish() }
            try await work(pipeline, tokenFile, isShared ? repair : nil)
        }
    }

    private func work(
        _ pipeline: RequestPipeline, _ tokenFile: TokenFileWatch, _ repair: AllocatorRepair?
    ) async throws {
        let cache = pipeline.handler.cache
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await cache.follow() }
            group.addTask { try await cache.requestProgress() }
            group.addTask { try await cache.tick() }
            group.addTask { try await pipeline.deadlines.watch() }
            group.addTask { try await pipeline.unread.watch() }
            group.addTask { try await tokenFile.run() }
            if let repair { group.addTask { try await repair.run() } }
            if configuration.compactionInterval > .zero {
                group.addTask {
                    try await Compactor(
                        store: configuration.store, interval: configuration.compactionInterval, logger: logger
                    ).run()
                }
            }
            group.addTask { try await serve(pipeline) }
            defer {
                group.cancelAll()
                cache.endAllWatches()
            }
            // Whichever ends first ends the server.
            try await group.next()
        }
    }

    private func security(_ cache: WatchCache, _ registry: ResourceRegistry) async -> SecurityServices {
        let authentication = configuration.authentication
        var serviceAccounts: ServiceAccountTokens?
        if let keys = authentication.serviceAccounts {
            serviceAccounts = await ServiceAccountTokens(
                keys: keys, objects: BoundObjects(cache: cache, registry: registry))
        }
        // Upstream as well takes nobody for anonymous where everything is allowed.
        let isGuarded = !configuration.authorizationModes.contains(.alwaysAllow)
        let authenticator = Authenticator(
            certificates: authentication.clientCertificates, tokens: authentication.tokens,
            serviceAccounts: serviceAccounts,
            bootstrapTokens: authentication.takesBootstrapTokens ? BootstrapTokens(cache) : nil,
            allowsAnonymous: authentication.allowsAnonymous && isGuarded,
            allowsAnonymousFromElsewhere: authentication.allowsAnonymousFromElsewhere)
        return SecurityServices(authenticator: authenticator, serviceAccounts: serviceAccounts)
    }

    private func serve(_ pipeline: RequestPipeline) async throws {
        let handler = pipeline.handler
        let hasRoles = configuration.authorizationModes.contains(.rbac)
        let bootstrap = Bootstrap(
            handler: handler, serviceCIDRs: configuration.serviceCIDRs, securePort: configuration.secure?.port ?? 0,
            hasRoles: hasRoles, authorities: configuration.authentication.clientCertificates?.authoritiesPEM)
        let isComplete = try await bootstrap.runUnlessRefused()
        // Kinds that were there before are there from the first request on.
        try await CustomResources(handler: handler).update()
        let advertised = advertised(pipeline)
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                defer { group.cancelAll() }
                if !isComplete { group.addTask { try await bootstrap.runUntilComplete() } }
                if hasRoles { group.addTask { try await RoleAggregation(handler: handler).run() } }
                group.addTask { try await CustomResources(handler: handler).run() }
                group.addTask { try await QuotaStatus(handler: handler).run() }
                if let advertised { group.addTask { try await advertised.run() } }
                // Stores that servers share remove them by themselves.
                if configuration.eventLifetime > .zero, !configuration.store.isShared {
                    let expiry = EventExpiry(
                        cache: handler.cache, store: configuration.store, lifetime: configuration.eventLifetime,
                        logger: logger)
                    group.addTask { try await expiry.run() }
                }
                for listener in listeners(pipeline.unread) {
                    group.addTask { try await listener.run(pipeline, logger: logger) }
                }
                try await group.next()
            }
        } onGracefulShutdown: {
            readiness.stop()
            // Connections close when their requests end, and watches do not end by themselves.
            handler.cache.endAllWatches()
        }
        await advertised?.withdraw()
    }

    private func advertised(_ pipeline: RequestPipeline) -> AdvertisedServing? {
        guard let address = configuration.advertiseAddress, let secure = configuration.secure else { return nil }
        var serving = AdvertisedServing(
            address: address, authorityPEM: secure.certificate.authorityPEM, pipeline: pipeline, listener: nil,
            readiness: readiness, logger: logger)
        let own = IPAddress(secure.host)
        guard own != address, own?.isUnspecified != true else { return serving }
        let limits = configuration.limits
        let builder = secure.builder(configuration.authentication.clientCertificates, limits, pipeline.unread)
        serving.listener = { port, onRunning in
            Listener(
                host: address.description, port: port, flag: "--advertise-address", builder: builder,
                connectionLimit: limits.connections / 2, onRunning: { _ in onRunning() })
        }
        return serving
    }

    private func listeners(_ unread: UnreadAnswers) -> [Listener] {
        let (readiness, limits) = (readiness, configuration.limits)
        var listeners: [Listener] = []
        let isAlone =
            configuration.advertiseAddress == nil && (configuration.secure == nil || configuration.plain == nil)
        let connections = isAlone ? limits.connections : limits.connections / 2
        if let secure = configuration.secure {
            listeners.append(
                Listener(
                    host: secure.host, port: secure.port, flag: "--secure-port",
                    builder: secure.builder(configuration.authentication.clientCertificates, limits, unread),
                    connectionLimit: connections,
                    onRunning: { readiness.listens(\.secure, port: $0) }))
        }
        if let plain = configuration.plain {
            listeners.append(
                Listener(
                    host: plain.host, port: plain.port, flag: "--port",
                    builder: HTTPServerBuilder { responder in
                        ConnectionScope(
                            base: HTTP1Channel(responder: responder, configuration: limits.http1(unread)),
                            isSecure: false, timeouts: limits.timeouts)
                    }, connectionLimit: connections, onRunning: { readiness.listens(\.plain, port: $0) }))
        }
        return listeners
    }
}
