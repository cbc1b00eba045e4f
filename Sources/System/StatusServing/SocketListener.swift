import LinuxSystem
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// HTTP over a Unix domain socket, for programs of root on this host. A connection serves one request, so a client can
/// leave only one answer unread.
public struct SocketListener: Sendable {
    public typealias Answer = @Sendable (HTTPQuestion) async -> HTTPAnswer

    /// The maximum number of connections; further ones are closed.
    public static let connectionLimit = 16

    private let channel: any Channel
    private let name: UnixSocketName

    /// Listens.
    ///
    /// - Parameters:
    ///   - path: see ``UnixSocketName``.
    ///   - idleLimit: how long a connection may be idle, and an answer may wait for its reader.
    /// - Throws: ``SystemError``, as ``UnixSocketName/init(_:)``.
    public static func bind(
        _ path: String, idleLimit: Duration = .seconds(10), answer: @escaping Answer
    ) async throws -> SocketListener {
        let name = try UnixSocketName(path)
        let idle = TimeAmount(idleLimit)
        let connections = Connections()
        let descriptor = try name.listen()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                guard connections.begin() else {
                    return channel.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel)
                }
                channel.closeFuture.whenComplete { _ in connections.end() }
                return channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(IdleStateHandler(allTimeout: idle))
                    try pipeline.configureHTTPServerPipeline(withErrorHandling: true)
                    try pipeline.addHandler(
                        HTTPAnswerHandler(answersOnce: true) { loop, question in
                            loop.makeFutureWithTask { await answer(question) }
                        })
                }
            }
            .withBoundSocket(descriptor).get()
        return SocketListener(channel: channel, name: name)
    }

    private init(channel: any Channel, name: UnixSocketName) {
        self.channel = channel
        self.name = name
    }

    /// Returns when the socket is closed; closes it when the task is cancelled.
    public func closed() async throws {
        try await withTaskCancellationHandler {
            try await channel.closeFuture.get()
        } onCancel: {
            channel.close(promise: nil)
        }
    }

    private final class Connections: Sendable {
        private let count = Mutex(0)

        func begin() -> Bool {
            count.withLock { count in
                guard count < SocketListener.connectionLimit else { return false }
                count += 1
                return true
            }
        }

        func end() { count.withLock { $0 -= 1 } }
    }
}
