import HummingbirdCore
import Logging
import NIOCore
import NIOSSL

/// Gives everything that happens on a connection its ``Connection``, and watches over how long things take there.
struct ConnectionScope<Base: ServerChildChannel>: ServerChildChannel {
    struct Value: ServerChildChannelValue {
        let base: Base.Value
        let activity: ConnectionActivity
        let owner: Owner
        var channel: any Channel { base.channel }
    }

    /// Closes a connection that nobody has any more, such as one that was accepted when the server had ended.
    final class Owner: Sendable {
        private let channel: any Channel
        init(_ channel: any Channel) { self.channel = channel }
        deinit { channel.close(promise: nil) }
    }

    /// Bytes. The system's own choice grows to megabytes for each connection that does not read.
    private static var sendBuffer: ChannelOptions.Types.SocketOption.Value { 256 << 10 }

    let base: Base
    let isSecure: Bool
    let timeouts: ConnectionTimeouts

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let (isSecure, timeouts) = (isSecure, timeouts)
        return channel.setOption(.socketOption(.so_sndbuf), value: Self.sendBuffer).flatMap {
            base.setup(channel: channel, logger: logger)
        }.flatMapThrowing { value in
            let activity = ConnectionActivity()
            // NIO ends the process where its writer goes before the connection is closed.
            let guardian = ConnectionGuard(activity, timeouts, isSecure: isSecure, keeping: value)
            let pipeline = channel.pipeline.syncOperations
            if isSecure {
                try pipeline.addHandler(guardian, position: .after(pipeline.handler(type: NIOSSLServerHandler.self)))
            } else {
                try pipeline.addHandler(guardian, position: .first)
            }
            return Value(base: value, activity: activity, owner: Owner(channel))
        }
    }

    func handle(value: Value, logger: Logger) async {
        let connection = Connection(channel: value.channel, isSecure: isSecure, activity: value.activity)
        await Connection.$current.withValue(connection) { await base.handle(value: value.base, logger: logger) }
    }
}
