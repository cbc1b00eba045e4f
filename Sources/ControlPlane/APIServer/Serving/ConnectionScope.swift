import HummingbirdCore
import Logging
import NIOCore

/// Gives everything that happens on a connection its ``Connection``.
struct ConnectionScope<Base: ServerChildChannel>: ServerChildChannel {
    typealias Value = Base.Value

    let base: Base
    let isSecure: Bool

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        base.setup(channel: channel, logger: logger)
    }

    func handle(value: Value, logger: Logger) async {
        let connection = Connection(channel: value.channel, isSecure: isSecure)
        await Connection.$current.withValue(connection) { await base.handle(value: value, logger: logger) }
    }
}
