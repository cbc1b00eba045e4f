import APISecurity
import APIServer
public import KubeAPI
public import KubeClient
public import Logging
import NetworkAddress
import ObjectStore

/// An API server with an empty store in this process, and a client of it.
public struct LiveServer: Sendable {
    public let client: KubeClient
    public let logger: Logger

    /// - Parameter observer: told of each request of the client.
    public static func with(
        observer: KubeClient.RequestObserver? = nil, _ body: @Sendable (LiveServer) async throws -> Void
    ) async throws {
        var logger = Logger(label: "test")
        logger.logLevel = .error
        var configuration = APIServerConfiguration(
            plain: .init(), serviceCIDRs: ["10.96.0.0/16", "fd00:96::/112"].compactMap { IPNetwork($0) },
            nodePortRange: 30000...32767, store: MemoryStore())
        configuration.authorizationModes = [.alwaysAllow]
        // Many tests share the processors.
        let patience = Duration.seconds(600)
        configuration.limits.requestTimeout = patience
        configuration.limits.timeouts.header = patience
        configuration.limits.timeouts.idle = patience
        configuration.authentication.serviceAccounts = try ServiceAccountKeys(
            signingKeyPEM: ServiceAccountKeys.makeSigningKeyPEM(), issuers: ["https://test"])
        let server = APIServer(configuration: configuration, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            let address = try ServerAddress("http://127.0.0.1:\(try await server.ports().plain ?? 0)", place: "test")
            var clientConfiguration = ClientConfiguration(server: address)
            clientConfiguration.requestTimeout = patience
            let client = try KubeClient(configuration: clientConfiguration, logger: logger, observer: observer)
            let live = LiveServer(client: client, logger: logger)
            do {
                // The server makes it at its start.
                try await live.wait(for: Namespace.self, "default") { $0 != nil }
                try await body(live)
            } catch {
                await client.shutdown()
                throw error
            }
            await client.shutdown()
            group.cancelAll()
            // The server ends by cancellation.
            _ = await group.nextResult()
        }
    }

    /// Creates an object from JSON; in `default` where it has a namespace.
    @discardableResult
    public func create<Object: APIObject>(_ type: Object.Type, _ json: String) async throws -> Object {
        try await client.create(type, namespace: Object.isNamespaced ? "default" : "", Array(json.utf8))
    }

    /// Reads an object again and again until it is as it is to be; fails after a while.
    @discardableResult
    public func wait<Object: APIObject>(
        for type: Object.Type, _ name: String, namespace: String = "default", seconds: Int = 600,
        _ isReached: (Object?) -> Bool
    ) async throws -> Object? {
        let key = ObjectKey(namespace: Object.isNamespaced ? namespace : "", name: name)
        var last: Object?
        for _ in 0..<(seconds * 20) {
            do {
                last = try await client.get(type, key)
            } catch {
                guard error.isNotFound else { throw error }
                last = nil
            }
            if isReached(last) { return last }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw NotReached(what: "\(Object.kind) \(key): \(last.map { "\($0)" } ?? "does not exist")")
    }

    public struct NotReached: Error {
        public var what: String
    }
}
