import LinuxSystem
public import Logging
public import ServiceLifecycle

/// A ``SocketListener`` as a service that runs until shutdown. If it cannot listen, it logs that once and retries:
/// nothing depends on it.
public struct SocketServer: Service {
    let path: String
    let logger: Logger
    let answer: SocketListener.Answer
    public var retryDelay = Duration.seconds(5)

    public init(path: String, logger: Logger, answer: @escaping SocketListener.Answer) {
        self.path = path
        self.logger = logger
        self.answer = answer
    }

    public func run() async throws {
        await cancelWhenGracefulShutdown {
            var hasTold = false
            while !Task.isCancelled {
                do {
                    let listener = try await SocketListener.bind(path, answer: answer)
                    logger.debug("the status socket is open", metadata: ["path": "\(path)"])
                    hasTold = false
                    try? await listener.closed()
                } catch {
                    if !hasTold {
                        logger.warning(
                            "cannot listen on the status socket; trying again",
                            metadata: ["error": "\(error)"])
                    }
                    hasTold = true
                }
                try? await Task.sleep(for: retryDelay)
            }
        }
    }
}
