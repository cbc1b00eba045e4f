import NIOCore
import NIOPosix

/// The sockets at which questions come.
enum DNSListeners {
    /// Questions of one address that are worked on at the same time; more are dropped, and asked again by who asks.
    private static let largestLoad = 2048
    private static let largestConnections = 256
    private static let idleTime = Duration.seconds(10)

    static func serveDatagrams(_ host: String, _ port: Int, _ responder: DNSResponder) async throws {
        typealias Envelope = AddressedEnvelope<ByteBuffer>
        let channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<Envelope, Envelope>(wrappingChannelSynchronously: channel)
                }
            }
        try await channel.executeThenClose { inbound, outbound in
            try await withThrowingDiscardingTaskGroup { group in
                let load = Load(largestLoad)
                for try await envelope in inbound {
                    guard load.enter() else {
                        load.leave()
                        continue
                    }
                    group.addTask {
                        defer { load.leave() }
                        let message = Array(envelope.data.readableBytesView)
                        guard let answer = await responder.answer(message, isStream: false) else { return }
                        // A client that is gone is nobody's failure.
                        try? await outbound.write(
                            Envelope(remoteAddress: envelope.remoteAddress, data: ByteBuffer(bytes: answer)))
                    }
                }
            }
        }
    }

    static func serveStreams(_ host: String, _ port: Int, _ responder: DNSResponder) async throws {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        try await channel.executeThenClose { inbound in
            try await withThrowingDiscardingTaskGroup { group in
                let load = Load(largestConnections)
                for try await connection in inbound {
                    group.addTask {
                        defer { load.leave() }
                        guard load.enter() else { return try await connection.channel.close() }
                        try? await serve(connection, responder)
                    }
                }
            }
        }
    }

    /// One question after the other, until none comes for a while.
    private static func serve(
        _ connection: NIOAsyncChannel<ByteBuffer, ByteBuffer>, _ responder: DNSResponder
    ) async throws {
        try await connection.executeThenClose { inbound, outbound in
            try await withThrowingTaskGroup(of: Void.self) { group in
                let activity = Activity()
                group.addTask {
                    var stream = DNSStream()
                    for try await part in inbound {
                        for message in stream.take(part) {
                            activity.note()
                            guard let answer = await responder.answer(message, isStream: true) else { return }
                            try await outbound.write(DNSStream.framed(answer))
                        }
                    }
                }
                group.addTask {
                    while activity.isFresh(within: idleTime) { try await Task.sleep(for: .seconds(1)) }
                    try await connection.channel.close()
                }
                defer { group.cancelAll() }
                try await group.next()
            }
        }
    }
}
