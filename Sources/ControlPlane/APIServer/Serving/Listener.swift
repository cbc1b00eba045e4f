import Glibc
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NetworkAddress

/// One address that the API is served at.
struct Listener: Sendable {
    let host: String
    let port: Int
    /// The flag that the port is from, for messages.
    let flag: String
    let builder: HTTPServerBuilder
    let connectionLimit: Int
    let onRunning: @Sendable (Int) -> Void

    /// Serves until cancelled or shut down gracefully.
    /// - Throws: ``APIServer/ListenFailure``
    func run(_ pipeline: RequestPipeline, logger: Logger) async throws {
        let (onRunning, limit) = (onRunning, connectionLimit)
        let application = Application(
            responder: CallbackResponder { (request: Request, context: RequestStream) in
                await pipeline.respond(to: request, on: context.channel)
            },
            server: builder,
            configuration: ApplicationConfiguration(address: .hostname(host, port: port), serverName: nil),
            onServerRunning: { channel in
                // Before anything else: what reaches the end of the channel's handlers as an error ends it.
                try? await channel.eventLoop.submit {
                    try channel.pipeline.syncOperations.addHandler(
                        AcceptHandler(limit: limit, logger: logger), position: .first)
                }.get()
                onRunning(channel.localAddress?.port ?? 0)
            },
            logger: logger)
        do {
            try await application.run()
        } catch let error as IOError {
            throw APIServer.ListenFailure(host: host, port: port, flag: flag, code: error.errnoCode)
        }
    }
}

/// What a request came on: a connection, or with HTTP/2 a stream of one.
struct RequestStream: InitializableFromSource {
    let channel: any Channel

    init(source: ApplicationRequestContextSource) { channel = source.channel }
}

extension APIServer {
    /// The address cannot be listened on.
    public struct ListenFailure: Error, Sendable, CustomStringConvertible {
        public var host: String
        public var port: Int
        var flag: String
        /// errno.
        public var code: CInt

        public var description: String {
            "cannot listen on \(host.contains(":") ? "[\(host)]" : host):\(port): \(reason)"
        }

        private var reason: String {
            switch code {
            case EADDRINUSE: "another program does; choose another \(flag)"
            default:
                SystemErrorText.sentence(
                    code: code, description: IOError(errnoCode: code, reason: "bind").description)
            }
        }
    }
}
