internal import CIPVS
internal import Dataplane
internal import LinuxSystem
internal import Netlink
package import NetworkAddress

/// Sends messages to IPVS in either way, without what an ``IPVSDataplane`` does around it.
package struct IPVSSender: ~Copyable {
    /// Who builds the messages.
    package enum Encoder: Sendable { case codec, libnl }

    private static let messagesPerSend = 1000

    private let family: IPFamily
    private let encoder: Encoder
    private let type: UInt16
    private var socket: NetlinkSocket

    /// Opens a netlink socket in the calling thread's network namespace.
    ///
    /// - Throws: in words for the user where this kernel has no IPVS.
    package init(family: IPFamily, encoder: Encoder) throws {
        let found = try GenericFamily.number("IPVS")
        guard let type = found else {
            throw DataplaneError(
                operation: "proxy mode ipvs",
                message: "this kernel has no IPVS: load the module ip_vs, or use a kernel with CONFIG_IP_VS")
        }
        socket = try NetlinkSocket(protocol: NETLINK_GENERIC)
        self.family = family
        self.encoder = encoder
        self.type = type
    }

    /// Sends all messages, many in one call.
    ///
    /// - Throws: what the kernel said of the first message that it refused.
    /// - Returns: bytes.
    package mutating func send(_ messages: IPVSContent.Messages) throws -> Int {
        var rest = messages.commands[...]
        var bytes = 0
        while !rest.isEmpty {
            let part = rest.prefix(Self.messagesPerSend)
            rest = rest.dropFirst(part.count)
            let first = socket.reserveSequence(part.count)
            var writer = NetlinkWriter(reservingCapacity: part.count * 160)
            switch encoder {
            case .codec: IPVSCodec(family: family, type: type).write(part, first: first, to: &writer)
            case .libnl: try LibnlCodec(family: family, type: type).write(part, first: first, to: &writer)
            }
            if let rejection = try socket.sendBatch(writer.bytes).first { throw rejection.error }
            bytes += writer.bytes.count
        }
        return bytes
    }

    /// All virtual servers of the family in the calling thread's namespace, a line each and one for each endpoint, sorted.
    package static func listing(_ family: IPFamily) throws -> [String] {
        var kernel = try IPVSKernel(family: family)
        return try kernel.servers().flatMap { key, server in
            ["\(key) \(server.settings.text)"]
                + server.endpoints.map { "\(key) -> \($0.key) weight \($0.value.weight) \($0.value.isTranslating)" }
        }.sorted()
    }
}
