internal import CLinux
import Glibc
public import NetworkAddress

/// Addresses of Services on the loopback device, for programs that listen on them.
///
/// They carry a mark by which they are found again: IFA_PROTO, which Linux has since 5.18, and for IPv4 a label besides.
/// Before 5.18 IPv6 addresses cannot be told from those of others.
public struct ServiceAddresses: ~Copyable {
    /// IFA_PROTO of ours; above all numbers that the kernel and routing programs use.
    static let maker: UInt8 = 0xC6
    /// IFA_LABEL of ours, also seen as `ip -4 address show label lo:viaduct`.
    static let label = "lo:viaduct"
    /// Messages in one send, so that it fits into the buffers that a process without privileges has.
    private static let batch = 500

    public struct Present: Hashable, Sendable {
        public var ours: Set<IPAddress> = []
        /// Those of all devices that others put there.
        public var others: Set<IPAddress> = []
    }

    public struct Sent: Hashable, Sendable {
        public var messages = 0
        public var bytes = 0
    }

    private let family: IPFamily
    private let loopback: UInt32
    private var socket: NetlinkSocket

    public init(family: IPFamily) throws(SystemError) {
        let device = try Self.findLoopback()
        let opened = try NetlinkSocket(protocol: NETLINK_ROUTE)
        self.family = family
        loopback = device
        socket = opened
    }

    private static func findLoopback() throws(SystemError) -> UInt32 {
        let index = unsafe if_nametoindex("lo")
        guard index != 0 else { throw .last("find the device lo") }
        return index
    }

    public mutating func read() throws(SystemError) -> Present {
        var present = Present()
        try AddressDump.read(family, from: &socket) { entry in
            if entry.isServiceAddress {
                present.ours.insert(entry.address)
            } else {
                present.others.insert(entry.address)
            }
        }
        return present
    }

    /// Adds and removes addresses. Those that are there, or gone, already are no error.
    ///
    /// - Throws: EPERM without CAP_NET_ADMIN; nothing is changed then.
    public mutating func change(add added: [IPAddress], remove removed: [IPAddress]) throws(SystemError) -> Sent {
        var sent = Sent()
        try send(added, isAdded: true, &sent)
        try send(removed, isAdded: false, &sent)
        return sent
    }

    private mutating func send(_ addresses: [IPAddress], isAdded: Bool, _ sent: inout Sent) throws(SystemError) {
        var rest = addresses[...]
        while !rest.isEmpty {
            var writer = NetlinkWriter()
            let first = socket.reserveSequence(Self.batch)
            for (offset, address) in rest.prefix(Self.batch).enumerated() {
                write(address, isAdded: isAdded, sequence: first &+ UInt32(offset), to: &writer)
            }
            rest = rest.dropFirst(Self.batch)
            let harmless: Set = [EEXIST, EADDRNOTAVAIL]
            let rejections = try socket.sendBatch(writer.bytes)
            if let fault = rejections.first(where: { !harmless.contains($0.error.code) }) {
                throw SystemError(
                    "change service addresses on lo", code: fault.error.code,
                    kernelMessage: fault.error.kernelMessage)
            }
            sent.messages += writer.messageCount
            sent.bytes += writer.bytes.count
        }
    }

    private func write(
        _ address: IPAddress, isAdded: Bool, sequence: UInt32, to writer: inout NetlinkWriter
    ) {
        writer.beginServiceAddress(address, device: loopback, isAdded: isAdded, sequence: sequence)
        if isAdded { writeMarks(to: &writer) }
        writer.endMessage()
    }

    private func writeMarks(to writer: inout NetlinkWriter) {
        writer.attribute(UInt16(IFA_PROTO), byte: Self.maker)
        switch family {
        case .ipv4: writer.attribute(UInt16(IFA_LABEL), string: Self.label)
        case .ipv6: writer.neverSource()
        }
    }
}

extension AddressDump {
    /// Whether ``ServiceAddresses`` put it there.
    var isServiceAddress: Bool { maker == ServiceAddresses.maker || label == ServiceAddresses.label }
}
