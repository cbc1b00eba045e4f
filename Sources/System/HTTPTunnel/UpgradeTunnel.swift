public import NIOCore
import NIOHTTP1
import NIOPosix
public import NIOSSL

/// Hands an HTTP/1.1 connection over to another server, byte by byte: for requests that ask for another protocol on their
/// connection (exec, attach and port-forward over SPDY or WebSocket).
///
/// The other server's answer goes to the client unchanged, be it 101 or a refusal.
public enum UpgradeTunnel {
    public struct Target: Sendable {
        public var host: String
        public var port: Int
        /// Nil: without TLS.
        public var tls: NIOSSLContext?

        public init(host: String, port: Int, tls: NIOSSLContext? = nil) {
            self.host = host
            self.port = port
            self.tls = tls
        }
    }

    private static let connectTimeout = TimeAmount.seconds(10)

    /// Serves the connection until either side closes it. Answers that the caller writes afterwards are ignored.
    ///
    /// - Parameters:
    ///   - client: the channel that the request came on; it must speak HTTP/1.1 by SwiftNIO's handlers.
    ///   - head: the request as the other server is to see it, with the empty line at its end.
    /// - Throws: if the other server cannot be reached; the caller then still owns the connection.
    public static func run(_ client: any Channel, to target: Target, head: [UInt8]) async throws {
        let peer = try await connect(target, on: client.eventLoop)
        do {
            try await client.eventLoop.submit { try join(client, peer) }.get()
        } catch {
            try? await peer.close()
            throw error
        }
        await withTaskCancellationHandler {
            try? await peer.writeAndFlush(ByteBuffer(bytes: head))
            try? await peer.closeFuture.get()
            try? await client.close()
        } onCancel: {
            peer.close(promise: nil)
        }
    }

    private static func connect(_ target: Target, on loop: any EventLoop) async throws -> any Channel {
        try await ClientBootstrap(group: loop).connectTimeout(connectTimeout)
            .channelOption(.autoRead, value: false)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let tls = target.tls else { return }
                    // Addresses are no server names.
                    let handler = try NIOSSLClientHandler(context: tls, serverHostname: nil)
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }.connect(host: target.host, port: target.port).get()
    }

    /// Inserts the tunnel below the client's HTTP handlers, so that they neither read nor write any more.
    private static func join(_ client: any Channel, _ peer: any Channel) throws {
        let (near, far) = TunnelHandler.pair()
        let pipeline = client.pipeline.syncOperations
        // The encoder is the one nearer to the socket.
        let encoder = try pipeline.handler(type: HTTPResponseEncoder.self)
        try pipeline.addHandler(near, position: .before(encoder))
        try peer.pipeline.syncOperations.addHandler(far)
        // The channel's own reads come from above and end at this handler; without them TLS itself asks for the rest of a
        // record.
        try client.syncOptions?.setOption(.autoRead, value: false)
        near.start()
        far.start()
    }

    /// A request's head as bytes.
    public static func head(
        _ method: String, _ target: String, host: String, _ headers: [(name: String, value: String)]
    ) -> [UInt8] {
        var text = "\(method) \(target) HTTP/1.1\r\nHost: \(host)\r\n"
        for (name, value) in headers where isPlain(name) && isPlain(value) { text += "\(name): \(value)\r\n" }
        return Array((text + "\r\n").utf8)
    }

    /// A line's end in a value would begin another header.
    private static func isPlain(_ text: String) -> Bool {
        !text.utf8.contains { $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: "\n") || $0 == 0 }
    }
}
