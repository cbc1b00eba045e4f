import Hummingbird
import NIOCore

/// Writes many small parts together and large ones in slices, so that never much more than one piece waits for a reader.
struct PieceWriter {
    /// What the answer under way is written to: a connection, or a stream of one.
    @TaskLocal static var channel: (any Channel)?

    /// From this size on a piece waits for the channel, in bytes.
    private static let waiting = APIHandler.pieceSize / 2

    private var piece = ByteBuffer()

    mutating func write(_ part: some Collection<UInt8>, to writer: inout any ResponseBodyWriter) async throws {
        var rest = part[...]
        while !rest.isEmpty {
            let room = rest.prefix(APIHandler.pieceSize - piece.readableBytes)
            if piece.capacity == 0 { piece.reserveCapacity(min(APIHandler.pieceSize, max(room.count, 1024))) }
            piece.writeBytes(room)
            rest = rest.dropFirst(room.count)
            if piece.readableBytes >= APIHandler.pieceSize { try await flush(&writer) }
        }
    }

    mutating func flush(_ writer: inout any ResponseBodyWriter) async throws {
        guard piece.readableBytes > 0 else { return }
        // The buffer is the channel's now; a new one is made when there is more.
        let full = piece
        piece = ByteBuffer()
        try await writer.write(full)
        // Whether there is room for the next piece is known once the channel has got this one; until then the writer
        // takes everything.
        if full.readableBytes >= Self.waiting { try await Self.channel?.eventLoop.submit {}.get() }
    }

    mutating func finish(_ writer: inout any ResponseBodyWriter) async throws {
        try await flush(&writer)
        try await writer.finish(nil)
    }
}
