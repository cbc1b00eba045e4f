internal import CLinux
internal import CNetlink
internal import Glibc
public import LinuxSystem

/// A netlink socket, made with libmnl. Requests block; use it from an actor with a ``BlockingExecutor``.
@safe
public struct NetlinkSocket: ~Copyable {
    private let handle: OpaquePointer
    private let descriptor: Int32
    private var sendBuffer: Int
    /// The kernel's number for it among the sockets of its protocol.
    public let port: UInt32
    private var nextSequence: UInt32 = 1
    private var buffer = [UInt8](repeating: 0, count: 256 * 1024)

    /// The error that a subsystem of the kernel returned for one message of a batch.
    public struct Rejection: Sendable {
        /// The sequence number of the rejected message.
        public var sequence: UInt32
        public var error: SystemError
    }

    /// Opens a socket for a netlink protocol, such as NETLINK_NETFILTER.
    public init(protocol number: Int32, groups: UInt32 = 0) throws(SystemError) {
        guard let opened = unsafe mnl_socket_open2(number, Int32(SOCK_CLOEXEC.rawValue)) else {
            throw SystemCall.failure("open netlink socket")
        }
        do throws(SystemError) {
            try SystemCall.run("bind netlink socket") {
                unsafe mnl_socket_bind(opened, groups, pid_t(MNL_SOCKET_AUTOPID))
            }
        } catch {
            _ = unsafe mnl_socket_close(opened)
            throw error
        }
        unsafe handle = unsafe opened
        descriptor = unsafe mnl_socket_get_fd(opened)
        port = unsafe mnl_socket_get_portid(opened)
        sendBuffer = 4 << 20
        // Errors of a batch without acknowledgements must not be lost, and dumps come in large pieces. FORCE needs
        // CAP_NET_ADMIN, which everything done with this socket needs anyway.
        setOption(SOL_SOCKET, SO_RCVBUFFORCE, 16 << 20)
        setOption(SOL_SOCKET, SO_SNDBUFFORCE, Int32(sendBuffer))
        setOption(SOL_NETLINK, NETLINK_EXT_ACK, 1)
        setOption(SOL_NETLINK, NETLINK_CAP_ACK, 1)
    }

    deinit { _ = unsafe mnl_socket_close(handle) }

    private func setOption(_ level: Int32, _ name: Int32, _ value: Int32) {
        var value = value
        _ = unsafe setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Makes the kernel filter dumps by the request (Linux 4.20; older kernels list everything).
    public func filterDumps() { setOption(SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1) }

    /// A sequence number that this socket has not used yet; `count` numbers from it on are reserved.
    public mutating func reserveSequence(_ count: Int = 1) -> UInt32 {
        let first = nextSequence
        nextSequence &+= UInt32(truncatingIfNeeded: count)
        return first
    }

    /// Sends messages without acknowledgement in one call, and returns the rejections. The kernel processes them before
    /// the call returns, so an empty result means that it accepted all.
    public mutating func sendBatch(_ bytes: [UInt8]) throws(SystemError) -> [Rejection] {
        try send(bytes)
        var rejections: [Rejection] = []
        while let count = try receive(blocking: false) {
            for message in NetlinkMessages(buffer[..<count]) where message.type == UInt16(NLMSG_ERROR) {
                if let error = Self.error(in: message, operation: "netlink batch") {
                    rejections.append(Rejection(sequence: message.sequence, error: error))
                }
            }
        }
        return rejections
    }

    /// Sends one request (a dump, or one that is answered with messages and an acknowledgement) and hands over each
    /// message of the answer.
    ///
    /// - Throws: the kernel's error, or ``SystemError/isInterruptedDump`` if objects changed during a dump.
    public mutating func request(
        _ bytes: [UInt8], sequence: UInt32, operation: String, _ body: (NetlinkMessage) -> Void
    ) throws(SystemError) {
        try send(bytes)
        var interrupted = false
        while true {
            guard let count = try receive(blocking: true) else { continue }
            for message in NetlinkMessages(buffer[..<count]) where message.sequence == sequence {
                interrupted = interrupted || message.flags & UInt16(NLM_F_DUMP_INTR) != 0
                switch message.type {
                case UInt16(NLMSG_DONE), UInt16(NLMSG_ERROR):
                    if let error = Self.error(in: message, operation: operation) { throw error }
                    if interrupted { throw .interruptedDump(operation) }
                    return
                default:
                    body(message)
                }
            }
        }
    }

    /// Repeats a dump a few times while objects change during it; it may hand over the same objects again.
    public static func untilConsistent(_ dump: () throws(SystemError) -> Void) throws(SystemError) {
        for _ in 0..<8 {
            do throws(SystemError) {
                return try dump()
            } catch  where error.isInterruptedDump {
                continue
            }
        }
        try dump()
    }

    /// The error that NLMSG_ERROR or NLMSG_DONE carries; nil for an acknowledgement.
    private static func error(in message: NetlinkMessage, operation: String) -> SystemError? {
        guard message.payload.count >= 4 else { return nil }
        let code = -message.payload.integer(Int32.self, at: 0)
        guard code > 0 else { return nil }
        // With NETLINK_CAP_ACK the header of the refused message follows, then attributes.
        let text =
            message.flags & UInt16(NLM_F_ACK_TLVS) == 0
            ? "" : message.attributes(after: 20)[UInt16(NLMSGERR_ATTR_MSG.rawValue)]?.string ?? ""
        return SystemError(operation, code: code, kernelMessage: text)
    }

    private mutating func send(_ bytes: [UInt8]) throws(SystemError) {
        if bytes.count > sendBuffer - 65536 {
            sendBuffer = bytes.count + bytes.count / 2
            setOption(SOL_SOCKET, SO_SNDBUFFORCE, Int32(clamping: sendBuffer))
        }
        let sent = try SystemCall.run("send netlink messages") {
            unsafe bytes.withUnsafeBytes { raw in unsafe Glibc.send(descriptor, raw.baseAddress, raw.count, 0) }
        }
        if sent != bytes.count { throw SystemError("send netlink messages", code: EMSGSIZE) }
    }

    /// Reads one datagram into the buffer; nil if there is none and `blocking` is false.
    private mutating func receive(blocking: Bool) throws(SystemError) -> Int? {
        let flags = Int32(MSG_TRUNC) | (blocking ? 0 : Int32(MSG_DONTWAIT))
        do throws(SystemError) {
            let count = try SystemCall.run("receive netlink messages") {
                unsafe buffer.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, flags) }
            }
            if count > buffer.count { throw SystemError("receive netlink messages", code: EMSGSIZE) }
            return count
        } catch  where error.code == EAGAIN {
            return nil
        }
    }
}

extension SystemError {
    /// Objects changed while they were listed: the list may lack some, or hold both an old and a new one.
    public var isInterruptedDump: Bool { code == EINTR }

    static func interruptedDump(_ operation: String) -> SystemError { SystemError(operation, code: EINTR) }
}
