public import Logging
public import NIOSSL
public import ServiceLifecycle

/// A server for monitoring a process, as a service that runs until shutdown.
public struct StatusServer: Service {
    /// For messages.
    let name: String
    let endpoint: HostPort
    let tls: NIOSSLContext?
    /// Whether a failure to listen is thrown; it is tried again every ``retryDelay`` otherwise.
    let isFailureFatal: Bool
    let logger: Logger
    let answer: HTTPListener.Answer
    public var retryDelay = Duration.seconds(5)
    /// Called with the address on which it listens.
    public var listening: @Sendable (HostPort) -> Void = { _ in }

    /// - Parameters:
    ///   - name: for messages.
    ///   - tls: for HTTPS; nil: plain HTTP.
    ///   - isFailureFatal: whether a failure to listen is thrown; otherwise the server retries.
    ///   - answer: called on an event loop: it must not block.
    public init(
        name: String, endpoint: HostPort, tls: NIOSSLContext? = nil, isFailureFatal: Bool, logger: Logger,
        answer: @escaping HTTPListener.Answer
    ) {
        self.name = name
        self.endpoint = endpoint
        self.tls = tls
        self.isFailureFatal = isFailureFatal
        self.logger = logger
        self.answer = answer
    }

    /// A failure that ends the process; upstream reports it as an Event of the node, too.
    public struct BindFailure: Error, Sendable, CustomStringConvertible {
        /// Its name.
        public var server: String
        public var description: String
    }

    public func run() async throws {
        try await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try await serve()
                try? await Task.sleep(for: retryDelay)
            }
        }
    }

    /// Serves until the socket is closed or the task cancelled.
    private func serve() async throws {
        let listener: HTTPListener
        do {
            listener = try await HTTPListener.bind(endpoint, tls: tls, answer: answer)
        } catch {
            let message = "cannot listen on \(endpoint) for \(name): \(ErrorSentence.of(error))"
            if isFailureFatal { throw BindFailure(server: name, description: message) }
            logger.error("\(message); trying again in \(retryDelay)")
            return
        }
        logger.info("\(name) server listens on \(listener.endpoint)")
        listening(listener.endpoint)
        try? await listener.closed()
    }
}
