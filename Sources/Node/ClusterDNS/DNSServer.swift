import KubeAPI
public import KubeClient
public import Logging
import NIOCore
import NIOPosix
public import NetworkAddress
import Synchronization

/// Answers questions for names of a cluster from the API, and passes all others on.
public struct DNSServer: Sendable {
    public struct Configuration: Sendable {
        public var addresses: [IPAddress]
        public var port: UInt16 = 53
        public var domain = "cluster.local"
        /// Who is asked for other names, one after the other; none: they are refused.
        public var upstreams: [IPAddress] = []

        public init(addresses: [IPAddress]) { self.addresses = addresses }
    }

    private let configuration: Configuration
    private let names: SharedNames
    private let informers: SharedInformers
    private let logger: Logger

    public init(client: KubeClient, configuration: Configuration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        informers = SharedInformers(client: client, logger: logger)
        let names = SharedNames(domain: configuration.domain)
        self.names = names
        informers.informer(Service.self).onChange { transition in
            guard let key = transition.latest?.metadata.key else { return }
            names.change { $0.set(key, transition.new) }
        }
        informers.informer(NamedSlice.self).onChange { transition in
            guard let key = transition.latest?.metadata.key else { return }
            names.change { $0.set(key, transition.new) }
        }
    }

    /// Serves until the task is cancelled: once all Services are known, so that nobody is told wrongly that a name is
    /// missing.
    /// - Throws: if an address cannot be listened on.
    public func run() async throws {
        let failure = Mutex<(any Error)?>(nil)
        await informers.run {
            do {
                try await serve()
            } catch {
                failure.withLock { $0 = error }
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
    }

    private func serve() async throws {
        let forwarder = DNSForwarder(upstreams: configuration.upstreams)
        let responder = DNSResponder(names: names, forwarder: forwarder)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for address in configuration.addresses {
                let host = address.description
                let port = Int(configuration.port)
                group.addTask { try await DNSListeners.serveDatagrams(host, port, responder) }
                group.addTask { try await DNSListeners.serveStreams(host, port, responder) }
            }
            logger.info(
                "names of the cluster are served",
                metadata: ["addresses": "\(configuration.addresses)", "port": "\(configuration.port)"])
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}

/// Names that change while they are asked for.
final class SharedNames: Sendable {
    private let names: Mutex<ClusterNames>

    init(domain: String) { names = Mutex(ClusterNames(domain: domain)) }

    func change(_ body: (inout ClusterNames) -> Void) { names.withLock { body(&$0) } }
    func answer(_ question: DNSQuestion) -> DNSAnswer? { names.withLock { $0.answer(question.name, question.type) } }
}
