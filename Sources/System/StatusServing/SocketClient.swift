import NIOCore
import NIOHTTP1
import NIOPosix
import NetworkAddress

/// Asks a ``SocketListener``.
public struct SocketClient: Sendable {
    public enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
        /// There is no such socket, or no process listens at it.
        case absent(path: String)
        /// The socket belongs to another user.
        case forbidden(path: String)
        /// An answer with another status than 200.
        case status(Int, String)
        case other(String)

        public var description: String {
            switch self {
            case .absent(let path): "no process listens at \(path)"
            case .forbidden(let path): "\(path) is for root alone"
            case .status(let code, let text): "the answer has status \(code): \(text)"
            case .other(let text): text
            }
        }
    }

    public let path: String
    /// The maximum size of an answer's body, in bytes.
    public var bodyLimit = 256 << 20
    /// For an answer.
    public var timeout = Duration.seconds(10)

    public init(path: String) { self.path = path }

    /// The body of the answer to a GET.
    public func get(_ target: String) async throws(Failure) -> [UInt8] { try await send("GET", target) }

    /// The body of the answer to a request without a body.
    public func send(_ method: String, _ target: String) async throws(Failure) -> [UInt8] {
        let response: NIOHTTPClientResponseFull?
        do {
            response = try await ask(HTTPMethod(rawValue: method), target)
        } catch let error as IOError {
            throw failure(error)
        } catch let error as Failure {
            throw error
        } catch {
            throw .other("\(path): \(error)")
        }
        guard let response else { throw .other("\(path): no answer") }
        let body = response.body.map { Array($0.readableBytesView) } ?? []
        guard response.head.status == .ok else {
            let text = String(decoding: body.prefix(200), as: UTF8.self).split(separator: "\n").first ?? ""
            throw .status(Int(response.head.status.code), String(text))
        }
        return body
    }

    private func failure(_ error: IOError) -> Failure {
        switch error.errnoCode {
        case 2, 111: .absent(path: path)
        case 13, 1: .forbidden(path: path)
        default: .other("\(path): \(ErrorSentence.of(error))")
        }
    }

    private func ask(_ method: HTTPMethod, _ target: String) async throws -> NIOHTTPClientResponseFull? {
        let limit = bodyLimit
        let connection = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(TimeAmount(timeout))
            .connect(unixDomainSocketPath: path) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHTTPClientHandlers()
                    try pipeline.addHandler(NIOHTTPClientResponseAggregator(maxContentLength: limit))
                    return try NIOAsyncChannel<NIOHTTPClientResponseFull, HTTPClientRequestPart>(
                        wrappingChannelSynchronously: channel)
                }
            }
        let channel = connection.channel
        let deadline = channel.eventLoop.scheduleTask(in: TimeAmount(timeout)) { channel.close(promise: nil) }
        defer { deadline.cancel() }
        return try await connection.executeThenClose { answers, requests in
            let headers = HTTPHeaders([("Host", "viaduct"), ("Connection", "close")])
            let head = HTTPRequestHead(version: .http1_1, method: method, uri: target, headers: headers)
            // In one piece: the answer may come, and the connection end, as soon as the head is there.
            try await requests.write(contentsOf: [.head(head), .end(nil)])
            for try await answer in answers { return answer }
            return nil
        }
    }
}
