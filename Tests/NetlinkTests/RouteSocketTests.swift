import Glibc
import LinuxSystem
import Netlink
import NetworkAddress
import Testing

@Suite struct RouteSocketTests {
    /// Whether network namespaces can be made here.
    static let canMakeNamespaces = (try? NetworkNamespace()) != nil

    @Test func devicesAreFoundByName() throws {
        var socket = try RouteSocket()
        let found = [try socket.device("lo"), try socket.device("no-such-device")]
        #expect(found == [1, nil])
    }

    @Test("What is done in a namespace stays there", .enabled(if: canMakeNamespaces, "CAP_SYS_ADMIN"))
    func namespaces() throws {
        let namespace = try NetworkNamespace()
        let name = "vt-inside"
        let index = try namespace.run { () throws(SystemError) in
            var socket = try RouteSocket()
            let bridge = try socket.addDevice(name, kind: "bridge")
            guard let address = IPAddress("10.252.0.1"), let network = IPNetwork("10.252.9.0/24") else { return bridge }
            try socket.addAddress(address, prefixLength: 32, device: bridge)
            try socket.setUp(bridge)
            try socket.addRoute(to: network, device: bridge)
            try socket.deleteRoute(to: network, device: bridge)
            // What is gone already is no error.
            try socket.deleteRoute(to: network, device: bridge)
            return bridge
        }
        #expect(index > 1)
        var socket = try RouteSocket()
        let outside = try socket.device(name)
        #expect(outside == nil)
        let isGone = try namespace.run { () throws(SystemError) in
            var socket = try RouteSocket()
            try socket.deleteDevice(name)
            try socket.deleteDevice(name)
            return try socket.device(name) == nil
        }
        #expect(isGone)
    }

    @Test("A socket stays in the namespace that it was bound in", .enabled(if: canMakeNamespaces, "CAP_SYS_ADMIN"))
    func boundSockets() throws {
        let namespaces = [try NetworkNamespace(), try NetworkNamespace()]
        let sockets = try namespaces.map { namespace in
            try namespace.run { () throws(SystemError) in try BoundSocket.open(.tcp, .ipv4, port: 80) }
        }
        for descriptor in sockets { BoundSocket.close(descriptor) }
        // A second one on the same port of one namespace is refused.
        do throws(SystemError) {
            try namespaces[0].run { () throws(SystemError) in
                let first = try BoundSocket.open(.tcp, .ipv6, port: 80)
                defer { BoundSocket.close(first) }
                BoundSocket.close(try BoundSocket.open(.tcp, .ipv6, port: 80))
            }
            Issue.record("one port was bound twice")
        } catch {
            #expect(error.code == EADDRINUSE)
        }
    }
}
