import NIOCore
import NIOPosix

/// TCP settings that detect a dead peer. A watch may be silent for minutes, so a connection that a firewall or a
/// crashed host has dropped would otherwise look healthy until the watch's timeout.
enum KeepAlive {
    /// Seconds of silence before the first probe, and between probes.
    private static let idle: Int = 30
    private static let interval: Int = 10
    private static let probes: Int = 3
    // linux/tcp.h; the values are part of the kernel's ABI.
    private static let tcpKeepIdle: CInt = 4
    private static let tcpKeepInterval: CInt = 5
    private static let tcpKeepCount: CInt = 6

    /// Best effort: a channel that is no TCP socket keeps its settings.
    @Sendable
    static func apply(to channel: any Channel) -> EventLoopFuture<Void> {
        let settings = [
            channel.setOption(ChannelOptions.socketOption(.so_keepalive), value: 1),
            channel.setOption(tcp(tcpKeepIdle), value: idle),
            channel.setOption(tcp(tcpKeepInterval), value: interval),
            channel.setOption(tcp(tcpKeepCount), value: probes),
        ]
        return EventLoopFuture.andAllComplete(settings, on: channel.eventLoop)
    }

    private static func tcp(_ name: CInt) -> ChannelOptions.Types.SocketOption {
        ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: name))
    }
}
