internal import CIPVS
internal import Glibc
internal import LinuxSystem
internal import NetworkAddress

/// A cheap sign that virtual servers were added or removed.
///
/// IPVS reports their number for IPv4 alone. For IPv6, the beginning of /proc/net/ip_vs shows whether there are any: a
/// flush leaves none.
struct ServerCount: Hashable {
    var count: Int

    /// In the calling thread's network namespace.
    static func read(_ family: IPFamily) throws(SystemError) -> ServerCount {
        ServerCount(count: try family == .ipv4 ? countIPv4() : anyIPv6() ? 1 : 0)
    }

    private static func countIPv4() throws(SystemError) -> Int {
        let descriptor = try SystemCall.run("open a socket") {
            socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        }
        defer { SystemCall.close(descriptor) }
        var information = ip_vs_getinfo()
        var length = socklen_t(MemoryLayout<ip_vs_getinfo>.size)
        try SystemCall.run("count virtual servers") {
            unsafe getsockopt(descriptor, Int32(IPPROTO_IP), viaduct_ipvs_get_info, &information, &length)
        }
        return Int(information.num_services)
    }

    private static func anyIPv6() throws(SystemError) -> Bool {
        let path = "/proc/net/ip_vs"
        let descriptor = try SystemCall.run("open \(path)") { unsafe open(path, O_RDONLY | O_CLOEXEC) }
        defer { SystemCall.close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 16 * 1024)
        let count = try SystemCall.repeating("read \(path)", bytes.count) { done in
            unsafe bytes.withUnsafeMutableBytes { raw in
                unsafe Glibc.read(descriptor, raw.baseAddress?.advanced(by: done), raw.count - done)
            }
        }
        return Self.holdsIPv6(String(decoding: bytes.prefix(count), as: UTF8.self))
    }

    /// Lines of virtual servers begin with the protocol; addresses of IPv6 stand in brackets.
    static func holdsIPv6(_ listing: String) -> Bool {
        listing.split(separator: "\n").contains { line in
            let words = line.split(separator: " ")
            guard let kind = words.first, ["TCP", "UDP", "SCTP"].contains(kind), words.count > 1 else {
                return false
            }
            return words[1].hasPrefix("[")
        }
    }
}
