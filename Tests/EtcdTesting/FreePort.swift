import Foundation
import TestSupport

/// TCP ports on loopback that nobody listens on now, and that the kernel gives to nobody.
public enum FreePort {
    public struct None: Error {}

    public static func choose() throws -> Int {
        for _ in 0..<1000 {
            let port = TestPort.next()
            if isFree(port) { return Int(port) }
        }
        throw None()
    }

    private static func isFree(_ port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = port.bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
