import JSONStream
public import KubeAPI
public import Logging
public import NetworkAddress
import StatusServing
import Synchronization

/// Tells load balancers whether this node has endpoints of a Service, with one listener for each Service with a health
/// check node port.
public actor ServiceHealthServer {
    /// A listener that could not be opened; upstream reports it as a `FailedToStartServiceHealthcheck` Event.
    public struct Failure: Hashable, Sendable, CustomStringConvertible {
        public var service: ObjectKey
        public var port: UInt16
        public var description: String
    }

    private struct Open {
        var port: UInt16
        var listeners: [HTTPListener]
    }

    /// The counts, where the event loops can read them.
    private final class Counts: Sendable {
        let values = Mutex<[ObjectKey: Int]>([:])
    }

    private var addresses: [IPAddress]
    private let health: ProxyHealth
    private let logger: Logger
    private let counts = Counts()
    private var open: [ObjectKey: Open] = [:]

    /// - Parameter addresses: the node's addresses that serve node ports; empty: all.
    public init(addresses: [IPAddress], health: ProxyHealth, logger: Logger) {
        self.addresses = addresses
        self.health = health
        self.logger = logger
    }

    /// Sets other addresses. If they differ, open listeners are closed; the next ``sync(_:)`` opens them again.
    public func setAddresses(_ addresses: [IPAddress]) async {
        guard Set(addresses) != Set(self.addresses) else { return }
        self.addresses = addresses
        await close()
    }

    /// Opens and closes listeners so that exactly these Services have one, and stores their counts. The next call
    /// retries failures. Only one task at a time may call it.
    @discardableResult
    public func sync(_ services: [ObjectKey: ServiceHealth]) async -> [Failure] {
        counts.values.withLock { $0 = services.mapValues(\.localEndpoints) }
        let plan = ServiceHealthPlan(open: open.mapValues(\.port), wanted: services)
        for key in plan.close { await close(key) }
        var failures: [Failure] = []
        for key in plan.open {
            guard let service = services[key] else { continue }
            if let failure = await open(key, port: service.port) { failures.append(failure) }
        }
        return failures
    }

    /// Closes the listeners of Services that no longer have the port, so that others can listen there.
    public func retain(_ ports: [ObjectKey: UInt16]) async {
        for (key, port) in open.mapValues(\.port) where ports[key] != port { await close(key) }
    }

    /// Closes all listeners.
    public func close() async {
        for key in open.keys.sorted() { await close(key) }
    }

    /// The services that have a listener.
    public var openServices: [ObjectKey: UInt16] { open.mapValues(\.port) }

    private func close(_ key: ObjectKey) async {
        // It counts as open until it is closed, so that who comes meanwhile waits as well.
        guard let closing = open[key] else { return }
        for listener in closing.listeners { await listener.close() }
        open[key] = nil
        logger.debug("closed the health check port \(closing.port) of service \(key)")
    }

    private func open(_ key: ObjectKey, port: UInt16) async -> Failure? {
        let all = addresses.isEmpty ? [IPAddress(family: .ipv6, value: 0)] : addresses
        var listeners: [HTTPListener] = []
        for address in all {
            do {
                let endpoint = HostPort(address: address, port: port)
                listeners.append(
                    try await HTTPListener.bind(endpoint) { [counts, health] _ in
                        Self.answer(
                            key, localEndpoints: counts.values.withLock { $0[key] ?? 0 }, isHealthy: health.isHealthy)
                    })
            } catch {
                for listener in listeners { await listener.close() }
                let message =
                    "cannot listen on \(HostPort(address: address, port: port)) "
                    + "for the health check of service \(key): \(ErrorSentence.of(error))"
                logger.error("\(message)")
                return Failure(service: key, port: port, description: message)
            }
        }
        open[key] = Open(port: port, listeners: listeners)
        logger.debug("opened the health check port \(port) of service \(key)")
        return nil
    }

    /// 200 if there is an endpoint here and the proxy works; the body is upstream's, tabs included.
    static func answer(_ key: ObjectKey, localEndpoints: Int, isHealthy: Bool) -> HTTPAnswer {
        HTTPAnswer(
            status: localEndpoints > 0 && isHealthy ? 200 : 503, contentType: "application/json",
            headers: [HTTPAnswer.Header(name: "X-Load-Balancing-Endpoint-Weight", value: String(localEndpoints))],
            body: """
                {
                \t"service": {
                \t\t"namespace": \(quoted(key.namespace)),
                \t\t"name": \(quoted(key.name))
                \t},
                \t"localEndpoints": \(localEndpoints),
                \t"serviceProxyHealthy": \(isHealthy)
                }
                """)
    }

    private static func quoted(_ text: String) -> String {
        String(decoding: JSONValue.string(text).serialized(), as: UTF8.self)
    }
}
