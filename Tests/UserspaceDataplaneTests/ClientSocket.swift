import Glibc
import LinuxSystem
import NetworkAddress

/// A blocking socket of a test, made in a network namespace. Every call ends after some seconds at the latest.
final class ClientSocket: Sendable {
    let descriptor: Int32

    struct Failure: Error, Equatable {
        var code: Int32
    }

    /// - Parameter seconds: what connecting, sending and receiving may take.
    init(
        _ kind: BoundSocket.Kind, _ family: IPFamily, from source: IPAddress? = nil, seconds: Double = 10
    ) throws(SystemError) {
        let type = kind == .tcp ? SOCK_STREAM : SOCK_DGRAM
        descriptor = socket(family == .ipv4 ? AF_INET : AF_INET6, Int32(type.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var time = timeval(tv_sec: Int(seconds), tv_usec: Int((seconds - seconds.rounded(.down)) * 1e6))
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
        }
        if let source, Self.call(bind, descriptor, source, 0) != 0 {
            throw SystemError("bind a test's socket", code: errno)
        }
    }

    /// Waits for the first connection to a socket that listens.
    init(acceptedBy listener: Int32) throws {
        var waiting = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, 10_000) == 1 else { throw Failure(code: ETIMEDOUT) }
        descriptor = accept(listener, nil, nil)
        guard descriptor >= 0 else { throw Failure(code: errno) }
    }

    deinit { _ = Glibc.close(descriptor) }

    private static func call(
        _ function: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32, _ descriptor: Int32, _ ip: IPAddress,
        _ port: UInt16
    ) -> Int32 {
        func pass<Address>(_ address: Address) -> Int32 {
            withUnsafeBytes(of: address) { raw in
                guard let base = raw.baseAddress else { return -1 }
                return function(descriptor, base.assumingMemoryBound(to: sockaddr.self), socklen_t(raw.count))
            }
        }
        if ip.family == .ipv4 {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = UInt32(truncatingIfNeeded: ip.value).bigEndian
            return pass(address)
        }
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = port.bigEndian
        withUnsafeMutableBytes(of: &address.sin6_addr) { $0.copyBytes(from: ip.bytes) }
        return pass(address)
    }

    func connect(_ ip: IPAddress, _ port: UInt16) throws {
        if Self.call(Glibc.connect, descriptor, ip, port) != 0 { throw Failure(code: errno) }
    }

    /// Sends all of it.
    func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = try sendSome(rest)
            rest = rest.dropFirst(count)
        }
    }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    /// Sends what fits within the time that calls may take.
    func sendSome(_ bytes: ArraySlice<UInt8>) throws -> Int {
        let count = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        if count < 0 { throw Failure(code: errno) }
        return count
    }

    /// What is there, or comes next; empty at the end.
    func receive(_ limit: Int = 65536) throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: limit)
        let count = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
        if count < 0 { throw Failure(code: errno) }
        return Array(buffer[..<count])
    }

    func receiveText() throws -> String { String(decoding: try receive(), as: UTF8.self) }

    /// Everything until the other side ends.
    func receiveAll() throws -> [UInt8] {
        var all: [UInt8] = []
        while true {
            let next = try receive()
            if next.isEmpty { return all }
            all += next
        }
    }

    /// Says that nothing more will be sent.
    func finish() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Closes with a reset; nothing else can be done with it then.
    func reset() {
        var value = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &value, socklen_t(MemoryLayout<linger>.size))
        // The number stays taken until the end, so that nobody else's socket is closed by it.
        let placeholder = open("/dev/null", O_RDONLY | O_CLOEXEC)
        dup2(placeholder, descriptor)
        _ = Glibc.close(placeholder)
    }
}
