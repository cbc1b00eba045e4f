internal import CLinux
import Glibc
public import NetworkAddress

/// A client's socket in the calling thread's network namespace. Calls block, each for the given time at most.
public struct ClientSocket: ~Copyable {
    public enum Kind: Hashable, Sendable {
        case tcp
        case udp
    }

    private let descriptor: Int32

    /// Opens a socket that is not connected yet.
    ///
    /// - Parameters:
    ///   - timeout: for connecting, sending and receiving; a microsecond or more. What takes longer fails with EAGAIN or
    ///     EINPROGRESS.
    ///   - localPort: 0 leaves the choice to the kernel.
    public init(_ kind: Kind, _ family: IPFamily, timeout: Duration, localPort: UInt16 = 0) throws(SystemError) {
        let type = (kind == .tcp ? SOCK_STREAM : SOCK_DGRAM).rawValue | SOCK_CLOEXEC.rawValue
        let descriptor = socket(family == .ipv4 ? AF_INET : AF_INET6, Int32(type), 0)
        guard descriptor >= 0 else { throw .last("open a socket") }
        do throws(SystemError) {
            let (seconds, attoseconds) = timeout.components
            let limit = timeval(tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
            try Self.set(descriptor, SOL_SOCKET, SO_RCVTIMEO, limit)
            try Self.set(descriptor, SOL_SOCKET, SO_SNDTIMEO, limit)
            if kind == .tcp { try Self.set(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, Int32(1)) }
            if localPort != 0 {
                let any = SocketAddress(IPAddress(family: family, value: 0), port: localPort)
                let result = unsafe any.withPointer { unsafe bind(descriptor, $0, $1) }
                guard result == 0 else { throw .last("bind port \(localPort)") }
            }
        } catch {
            _ = close(descriptor)
            throw error
        }
        self.descriptor = descriptor
    }

    deinit { _ = close(descriptor) }

    private static func set<Value: BitwiseCopyable>(
        _ descriptor: Int32, _ level: Int32, _ name: Int32, _ value: Value
    ) throws(SystemError) {
        var value = value
        let result = unsafe setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<Value>.size))
        guard result == 0 else { throw .last("set a socket option") }
    }

    /// For UDP: only remembers where datagrams go.
    public func connect(to address: IPAddress, port: UInt16) throws(SystemError) {
        let result = unsafe SocketAddress(address, port: port).withPointer {
            unsafe Glibc.connect(descriptor, $0, $1)
        }
        guard result == 0 else { throw .last("connect to \(address) port \(port)") }
    }

    /// Sends all of it.
    public func send(_ bytes: [UInt8]) throws(SystemError) {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { raw in
                unsafe Glibc.send(
                    descriptor, raw.baseAddress?.advanced(by: done), raw.count - done, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno != EINTR { throw .last("send") }
            done += max(0, count)
        }
    }

    /// Fills the buffer, from several segments of a stream or from one datagram. Fails with ECONNRESET if the stream
    /// ends before.
    public func receive(into buffer: inout [UInt8]) throws(SystemError) {
        var done = 0
        while done < buffer.count {
            let count = unsafe buffer.withUnsafeMutableBytes { raw in
                unsafe recv(descriptor, raw.baseAddress?.advanced(by: done), raw.count - done, 0)
            }
            if count == 0 { throw SystemError("receive", code: ECONNRESET) }
            if count < 0, errno != EINTR { throw .last("receive") }
            done += max(0, count)
        }
    }

    /// No more will be sent.
    public func finishSending() throws(SystemError) {
        guard shutdown(descriptor, Int32(SHUT_WR)) == 0 else { throw .last("end sending") }
    }

    /// The end of this socket will reset the connection, so that neither side keeps anything of it.
    public func resetAtEnd() throws(SystemError) {
        try Self.set(descriptor, SOL_SOCKET, SO_LINGER, linger(l_onoff: 1, l_linger: 0))
    }
}
