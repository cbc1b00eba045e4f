internal import CIPVS
internal import Dataplane
internal import Glibc
internal import LinuxSystem

/// A generic netlink socket to IPVS, made and read with libnl. Requests block.
@safe
struct IPVSSocket: ~Copyable {
    private let handle: OpaquePointer
    /// The number of IPVS's generic netlink family.
    let type: UInt16
    private var nextSequence: UInt32 = 1

    /// What the kernel answered to one message of a batch.
    struct Rejection: Sendable {
        /// Counted from the first message of the batch.
        var index: Int
        var error: SystemError
    }

    /// Connects and asks for IPVS, which loads the module where the kernel can. Fails with a message fit for the user
    /// if there is no IPVS.
    init() throws(DataplaneError) {
        guard let handle = unsafe nl_socket_alloc() else {
            throw DataplaneError(operation: "open IPVS socket", code: ENOMEM, message: "out of memory")
        }
        do throws(DataplaneError) {
            type = try unsafe Self.connect(handle)
        } catch {
            unsafe nl_socket_free(handle)
            throw error
        }
        unsafe self.handle = unsafe handle
        unsafe Self.prepare(handle)
    }

    /// The number of IPVS's family.
    @unsafe
    private static func connect(_ handle: OpaquePointer) throws(DataplaneError) -> UInt16 {
        try check(unsafe genl_connect(handle), "open IPVS socket")
        let number = unsafe genl_ctrl_resolve(handle, IPVS_GENL_NAME)
        if number == -NLE_OBJ_NOTFOUND {
            throw DataplaneError(
                operation: "proxy mode ipvs", code: ENOTSUP,
                message: "this kernel has no IPVS: load the module ip_vs, or use a kernel with CONFIG_IP_VS")
        }
        try check(number, "find IPVS")
        return UInt16(number)
    }

    deinit { unsafe nl_socket_free(handle) }

    @unsafe
    private static func prepare(_ handle: OpaquePointer) {
        // Answers are told apart by the sequence numbers that are put into the messages here.
        unsafe nl_socket_disable_seq_check(handle)
        unsafe nl_socket_disable_auto_ack(handle)
        unsafe nl_socket_disable_msg_peek(handle)
        // The kernel's dumps come in pieces of at most 32 KB.
        _ = unsafe nl_socket_set_msg_buf_size(handle, 64 * 1024)
        _ = unsafe nl_socket_set_nonblocking(handle)
        // Errors of a batch without acknowledgements must not be lost. libnl's own call stays below the host's limit.
        for (name, value) in [(SO_RCVBUFFORCE, Int32(16 << 20)), (SO_SNDBUFFORCE, Int32(4 << 20))] {
            var value = value
            _ = unsafe setsockopt(
                nl_socket_get_fd(handle), SOL_SOCKET, name, &value, socklen_t(MemoryLayout<Int32>.size))
        }
    }

    private static func check(_ code: Int32, _ operation: String) throws(DataplaneError) {
        guard code < 0 else { return }
        throw DataplaneError(
            operation: operation, code: code == -NLE_PERM ? EPERM : EIO,
            message: unsafe String(cString: nl_geterror(code)))
    }

    mutating func reserveSequence(_ count: Int = 1) -> UInt32 {
        let first = nextSequence
        nextSequence &+= UInt32(truncatingIfNeeded: count)
        return first
    }

    /// Sends messages that ask for no acknowledgement, all in one call, and returns what the kernel refused. The kernel
    /// works them off before the call returns, so an empty result means that all was accepted.
    ///
    /// - Parameter first: the sequence number of the first message; the others follow without gaps.
    mutating func sendBatch(_ bytes: [UInt8], first: UInt32) throws(DataplaneError) -> [Rejection] {
        try send(bytes)
        var rejections: [Rejection] = []
        while let answer = try receive(blocking: false) {
            for message in NetlinkMessages(answer[...]) where message.type == UInt16(NLMSG_ERROR) {
                guard let code = Self.errorCode(message) else { continue }
                rejections.append(
                    Rejection(
                        index: Int(message.sequence &- first), error: SystemError("IPVS message", code: code)))
            }
        }
        return rejections
    }

    /// Sends one request (a dump, or one that asks for an acknowledgement) and hands over each message of the answer.
    mutating func request(
        _ bytes: [UInt8], sequence: UInt32, operation: String, _ body: (NetlinkMessage) -> Void
    ) throws(DataplaneError) {
        try send(bytes)
        while true {
            guard let answer = try receive(blocking: true) else { continue }
            for message in NetlinkMessages(answer[...]) where message.sequence == sequence {
                guard message.type == UInt16(NLMSG_DONE) || message.type == UInt16(NLMSG_ERROR) else {
                    body(message)
                    continue
                }
                guard let code = Self.errorCode(message) else { return }
                let error = SystemError(operation, code: code)
                throw DataplaneError(operation: operation, code: code, message: error.message)
            }
        }
    }

    /// errno of NLMSG_ERROR or NLMSG_DONE; nil for success.
    private static func errorCode(_ message: NetlinkMessage) -> Int32? {
        guard message.payload.count >= 4 else { return nil }
        let code = -message.payload.integer(Int32.self, at: 0)
        return code > 0 ? code : nil
    }

    private func send(_ bytes: [UInt8]) throws(DataplaneError) {
        let sent = unsafe bytes.withUnsafeBytes { raw in
            // It only reads from there.
            unsafe nl_sendto(handle, UnsafeMutableRawPointer(mutating: raw.baseAddress), raw.count)
        }
        try Self.check(sent, "send IPVS messages")
    }

    /// Reads one datagram; nil if there is none and `blocking` is false, or if the wait was interrupted.
    private func receive(blocking: Bool) throws(DataplaneError) -> [UInt8]? {
        if blocking {
            var descriptor = unsafe pollfd(fd: nl_socket_get_fd(handle), events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&descriptor, 1, -1) > 0 else { return nil }
        }
        var address = sockaddr_nl()
        var buffer: UnsafeMutablePointer<UInt8>?
        let count = unsafe nl_recv(handle, &address, &buffer, nil)
        defer { unsafe free(buffer) }
        if count == -NLE_AGAIN || count == 0 { return nil }
        try Self.check(count, "receive IPVS messages")
        return unsafe Array(UnsafeBufferPointer(start: buffer, count: Int(count)))
    }
}
