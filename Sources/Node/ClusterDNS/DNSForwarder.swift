import NIOCore
import NIOPosix
import NetworkAddress
import Synchronization

/// Asks others for names that are not of the cluster. Each question has a socket and a number of its own, so that nobody
/// else can guess what an answer must look like.
final class DNSForwarder: Sendable {
    private let upstreams: [IPAddress]
    private let pending = Mutex(0)

    private static let port = 53
    private static let patience = Duration.seconds(2)
    /// Questions that wait for answers at the same time.
    private static let capacity = 1024

    init(upstreams: [IPAddress]) { self.upstreams = upstreams }

    var hasUpstreams: Bool { !upstreams.isEmpty }

    /// The answer with the client's own number; nil: nobody answered.
    func ask(_ message: [UInt8], isStream: Bool) async -> [UInt8]? {
        let isRoom = pending.withLock { count in
            guard count < Self.capacity else { return false }
            count += 1
            return true
        }
        guard isRoom else { return nil }
        defer { pending.withLock { $0 -= 1 } }
        for upstream in upstreams {
            let number = UInt16.random(in: 0 ... .max)
            var question = message
            (question[0], question[1]) = (UInt8(number >> 8), UInt8(number & 0xff))
            let sent = question
            let answer = await withTaskGroup(of: [UInt8]?.self) { group in
                group.addTask {
                    isStream
                        ? try? await Self.askStream(sent, upstream) : try? await Self.askDatagram(sent, upstream)
                }
                group.addTask {
                    try? await Task.sleep(for: Self.patience)
                    return nil
                }
                defer { group.cancelAll() }
                return await group.next() ?? nil
            }
            guard var answer, answer.count >= DNSQuestion.headerSize else { continue }
            (answer[0], answer[1]) = (message[0], message[1])
            return answer
        }
        return nil
    }

    private static func isAnswer(_ bytes: [UInt8], to question: [UInt8]) -> Bool {
        bytes.count >= DNSQuestion.headerSize && bytes[0] == question[0] && bytes[1] == question[1]
            && bytes[2] & 0x80 != 0
    }

    private static func askDatagram(_ question: [UInt8], _ upstream: IPAddress) async throws -> [UInt8]? {
        let remote = try SocketAddress(ipAddress: upstream.description, port: port)
        let local = try SocketAddress(ipAddress: upstream.family == .ipv4 ? "0.0.0.0" : "::", port: 0)
        let channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(to: local) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<AddressedEnvelope<ByteBuffer>, AddressedEnvelope<ByteBuffer>>(
                        wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(AddressedEnvelope(remoteAddress: remote, data: ByteBuffer(bytes: question)))
            for try await envelope in inbound {
                let bytes = Array(envelope.data.readableBytesView)
                if envelope.remoteAddress == remote, isAnswer(bytes, to: question) { return bytes }
            }
            return nil
        }
    }

    private static func askStream(_ question: [UInt8], _ upstream: IPAddress) async throws -> [UInt8]? {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: upstream.description, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(DNSStream.framed(question))
            var stream = DNSStream()
            for try await part in inbound {
                for message in stream.take(part) where isAnswer(message, to: question) { return message }
            }
            return nil
        }
    }
}

/// Messages on a connection: each behind its length in two bytes.
struct DNSStream {
    private var rest = ByteBuffer()

    static func framed(_ message: [UInt8]) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeInteger(UInt16(truncatingIfNeeded: message.count))
        buffer.writeBytes(message)
        return buffer
    }

    mutating func take(_ part: ByteBuffer) -> [[UInt8]] {
        var part = part
        rest.writeBuffer(&part)
        var messages: [[UInt8]] = []
        while let length = rest.getInteger(at: rest.readerIndex, as: UInt16.self),
            let bytes = rest.getBytes(at: rest.readerIndex + 2, length: Int(length))
        {
            rest.moveReaderIndex(forwardBy: 2 + Int(length))
            messages.append(bytes)
        }
        rest.discardReadBytes()
        return messages
    }
}
