import Glibc
import Hummingbird
import JSONStream
public import Logging
import NIOCore
import NetworkAddress
import ObjectStore
import OrderedCollections
public import ServiceLifecycle
import Synchronization

/// A Kubernetes API server over an object store, for HTTP.
public struct APIServer: Service {
    private let configuration: APIServerConfiguration
    private let logger: Logger
    private let readiness = Readiness()

    public init(configuration: APIServerConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    /// The port that is listened on, once the server answers requests.
    /// - Throws: CancellationError if the server ends before.
    public func boundPort() async throws -> Int { try await readiness.port() }

    /// Serves until the task is cancelled or the service group shuts down gracefully.
    /// - Throws: ``APIServerConfiguration/Invalid``, errors of the store, and errors of binding the address.
    public func run() async throws {
        defer { readiness.finish() }
        try configuration.validate()
        let registry = ResourceRegistry.standard
        let cache = WatchCache(store: configuration.store, resources: registry.definitions, logger: logger)
        try await cache.load()
        let allocators = Allocators(
            serviceCIDRs: configuration.serviceCIDRs, nodePorts: configuration.nodePortRange)
        let handler = APIHandler(
            registry: registry, store: configuration.store, cache: cache, allocators: allocators,
            admission: AdmissionContext(ipFamilies: configuration.serviceCIDRs.map(\.family.apiName), cache: cache),
            tokens: configuration.tokens, logger: logger)
        try AllocatorRepair(cache: cache, allocators: allocators, logger: logger).run()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await cache.follow() }
            group.addTask { try await cache.tick() }
            if configuration.compactionInterval > .zero {
                group.addTask {
                    try await Compactor(
                        store: configuration.store, interval: configuration.compactionInterval, logger: logger
                    ).run()
                }
            }
            group.addTask {
                try await Bootstrap(handler: handler, serviceCIDRs: configuration.serviceCIDRs).run()
                try await serve(handler)
            }
            defer {
                group.cancelAll()
                cache.endAllWatches()
            }
            // Whichever ends first ends the server.
            try await group.next()
        }
    }

    private func serve(_ handler: APIHandler) async throws {
        let readiness = readiness
        let application = Application(
            responder: CallbackResponder { (request: Request, _: BasicRequestContext) in
                await handler.respond(to: request)
            },
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port), serverName: nil),
            onServerRunning: { channel in readiness.ready(port: channel.localAddress?.port ?? 0) },
            logger: logger)
        do {
            try await withGracefulShutdownHandler {
                try await application.run()
            } onGracefulShutdown: {
                // Connections close when their requests end, and watches do not end by themselves.
                handler.cache.endAllWatches()
            }
        } catch let error as IOError {
            throw ListenFailure(host: configuration.host, port: configuration.port, code: error.errnoCode)
        }
    }

    /// The address cannot be listened on.
    public struct ListenFailure: Error, Sendable, CustomStringConvertible {
        public var host: String
        public var port: Int
        /// errno.
        public var code: CInt

        public var description: String {
            "cannot listen on \(host.contains(":") ? "[\(host)]" : host):\(port): \(reason)"
        }

        private var reason: String {
            switch code {
            case EADDRINUSE: "another program does; choose another --port"
            case EADDRNOTAVAIL: "the address is none of this host"
            case EACCES: "not permitted for this user"
            default: IOError(errnoCode: code, reason: "bind").description
            }
        }
    }
}

/// Tells those that wait when the server listens.
private final class Readiness: Sendable {
    private enum State {
        case waiting([CheckedContinuation<Int, any Error>])
        case ready(Int)
        case finished
    }

    private let state = Mutex(State.waiting([]))

    func ready(port: Int) {
        let waiting = state.withLock { state -> [CheckedContinuation<Int, any Error>] in
            guard case .waiting(let waiting) = state else { return [] }
            state = .ready(port)
            return waiting
        }
        for continuation in waiting { continuation.resume(returning: port) }
    }

    func finish() {
        let waiting = state.withLock { state -> [CheckedContinuation<Int, any Error>] in
            defer { state = .finished }
            guard case .waiting(let waiting) = state else { return [] }
            return waiting
        }
        for continuation in waiting { continuation.resume(throwing: CancellationError()) }
    }

    func port() async throws -> Int {
        try await withCheckedThrowingContinuation { continuation in
            let answer = state.withLock { state -> Result<Int, any Error>? in
                switch state {
                case .waiting(var waiting):
                    waiting.append(continuation)
                    state = .waiting(waiting)
                    return nil
                case .ready(let port): return .success(port)
                case .finished: return .failure(CancellationError())
                }
            }
            if let answer { continuation.resume(with: answer) }
        }
    }
}
