internal import CLinux
import Glibc
public import NetworkAddress

/// A client's socket in the calling thread's network namespace. Each call blocks for the given time at most.
public struct ClientSocket: ~Copyable {
    public enum Kind: Hashable, Sendable {
        case tcp
        case udp
    }

    private let descriptor: Int32

    /// Opens a socket that is not connected yet.
    ///
    /// - Parameters:
    ///   - timeout: for connecting, sending and receiving; a microsecond or more. Calls that take longer fail with
    ///     EAGAIN or EINPROGRESS.
    ///   - localPort: 0 lets the kernel choose.
    public init(_ kind: Kind, _ family: IPFamily, timeout: Duration, localPort: UInt16 = 0) throws(SystemError) {
        let type = (kind == .tcp ? SOCK_STREAM : SOCK_DGRAM).rawValue | SOCK_CLOEXEC.rawValue
        let descriptor = try SystemCall.run("open a socket") {
            socket(family == .ipv4 ? AF_INET : AF_INET6, Int32(type), 0)
        }
        do throws(SystemError) {
            let (seconds, attoseconds) = timeout.components
            let limit = timeval(tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
            try Self.set(descriptor, SOL_SOCKET, SO_RCVTIMEO, limit)
            try Self.set(descriptor, SOL_SOCKET, SO_SNDTIMEO, limit)
            if kind == .tcp { try Self.set(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, Int32(1)) }
            if localPort != 0 {
                let any = SocketAddress(IPAddress(family: family, value: 0), port: localPort)
                try SystemCall.run("bind port \(localPort)") {
                    unsafe any.withPointer { unsafe bind(descriptor, $0, $1) }
                }
            }
        } catch {
            SystemCall.close(descriptor)
            throw error
        }
        self.descriptor = descriptor
    }

    deinit { SystemCall.close(descriptor) }

    private static func set<Value: BitwiseCopyable>(
        _ descriptor: Int32, _ level: Int32, _ name: Int32, _ value: Value
    ) throws(SystemError) {
        var value = value
        try SystemCall.run("set a socket option") {
            unsafe setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<Value>.size))
        }
    }

    /// For UDP, only stores where datagrams go.
    public func connect(to address: IPAddress, port: UInt16) throws(SystemError) {
        // Linux goes on with a connection whose making was interrupted.
        try SystemCall.run("connect to \(address) port \(port)") {
            unsafe SocketAddress(address, port: port).withPointer { unsafe Glibc.connect(descriptor, $0, $1) }
        }
    }

    /// Sends all of it.
    public func send(_ bytes: [UInt8]) throws(SystemError) {
        try SystemCall.repeating("send", bytes.count) { done in
            unsafe bytes.withUnsafeBytes { raw in
                unsafe Glibc.send(
                    descriptor, raw.baseAddress?.advanced(by: done), raw.count - done, Int32(MSG_NOSIGNAL))
            }
        }
    }

    /// Fills the buffer, from several segments of a stream or from one datagram. Fails with ECONNRESET if the stream
    /// ends before.
    public func receive(into buffer: inout [UInt8]) throws(SystemError) {
        let count = buffer.count
        let done = try SystemCall.repeating("receive", count) { done in
            unsafe buffer.withUnsafeMutableBytes { raw in
                unsafe recv(descriptor, raw.baseAddress?.advanced(by: done), raw.count - done, 0)
            }
        }
        if done < count { throw SystemError("receive", code: ECONNRESET) }
    }

    /// Closes the sending direction.
    public func finishSending() throws(SystemError) {
        try SystemCall.run("end sending") { shutdown(descriptor, Int32(SHUT_WR)) }
    }

    /// Closing this socket will reset the connection, so that neither side keeps state for it.
    public func resetAtEnd() throws(SystemError) {
        try Self.set(descriptor, SOL_SOCKET, SO_LINGER, linger(l_onoff: 1, l_linger: 0))
    }
}
