internal import CLinux
import Glibc
import NetworkAddress

/// An address with a port in the form that system calls take.
struct SocketAddress {
    private let address: IPAddress
    private let port: UInt16
    private let device: UInt32

    /// - Parameter device: the number of the device that a link-local IPv6 address is on; 0: none.
    init(_ address: IPAddress, port: UInt16, device: UInt32 = 0) {
        self.address = address
        self.port = port
        self.device = device
    }

    @unsafe
    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        switch address.family {
        case .ipv4:
            var value = sockaddr_in()
            value.sin_family = sa_family_t(AF_INET)
            value.sin_port = port.bigEndian
            value.sin_addr.s_addr = UInt32(truncatingIfNeeded: address.value).bigEndian
            return unsafe Self.pass(&value, body)
        case .ipv6:
            var value = sockaddr_in6()
            value.sin6_family = sa_family_t(AF_INET6)
            value.sin6_port = port.bigEndian
            value.sin6_scope_id = device
            unsafe withUnsafeMutableBytes(of: &value.sin6_addr) { unsafe $0.copyBytes(from: address.bytes) }
            return unsafe Self.pass(&value, body)
        }
    }

    @unsafe
    private static func pass<Value, Result>(
        _ value: inout Value, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        unsafe withUnsafePointer(to: &value) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<Value>.size))
            }
        }
    }
}
