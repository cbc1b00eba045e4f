import Glibc
import LinuxSystem
import Netlink
import NetworkAddress
import Testing

/// Two namespaces that a pair of devices joins; one has all addresses of a network.
/// Whether network namespaces can be made here.
let canMakeNamespaces = (try? NetworkNamespace()) != nil

@Suite(.enabled(if: canMakeNamespaces, "CAP_SYS_ADMIN")) struct ClientSocketTests {
    private let client: NetworkNamespace
    private let server: NetworkNamespace
    private let served: IPAddress

    init() throws {
        client = try NetworkNamespace()
        server = try NetworkNamespace()
        served = try #require(IPAddress("10.9.7.5"))
        let network = try #require(IPNetwork("10.9.0.0/16"))
        let addresses = [try #require(IPAddress("10.8.0.1")), try #require(IPAddress("10.8.0.2"))]
        let other = server
        try client.run { () throws(SystemError) in
            var routes = try RouteSocket()
            try routes.addPair("vt-near", peer: "vt-far", in: other)
            let device = try routes.found("vt-near")
            try routes.addAddress(addresses[0], prefixLength: 24, device: device)
            try routes.setUp(device)
            try routes.addRoute(to: network, through: addresses[1], device: device)
        }
        try server.run { () throws(SystemError) in
            var routes = try RouteSocket()
            let device = try routes.found("vt-far")
            try routes.addAddress(addresses[1], prefixLength: 24, device: device)
            try routes.setUp(device)
            let loopback = try routes.found("lo")
            try routes.setUp(loopback)
            try routes.addLocalRoute(to: network, device: loopback)
        }
    }

    @Test("Every address of a local route listens; what is sent arrives")
    func stream() throws {
        let listener = try server.run { () throws(SystemError) in try BoundSocket.open(.tcp, .ipv4, port: 80) }
        defer { BoundSocket.close(listener) }
        let served = served
        try client.run { () throws(SystemError) in
            let socket = try ClientSocket(.tcp, .ipv4, timeout: .seconds(20))
            try socket.connect(to: served, port: 80)
            try socket.send(Array("hello".utf8))
            try socket.finishSending()
        }
        let accepted = accept(listener, nil, nil)
        #expect(accepted >= 0)
        var buffer = [UInt8](repeating: 0, count: 16)
        let count = read(accepted, &buffer, buffer.count)
        _ = close(accepted)
        #expect(count == 5 && Array(buffer[..<5]) == Array("hello".utf8))
    }

    @Test("Nobody listens: refused at once. Nobody answers: a timeout")
    func failures() throws {
        let served = served
        let descriptor = try server.run { () throws(SystemError) in
            try BoundSocket.open(.udp, served, port: 53, sharing: .reuse)
        }
        defer { BoundSocket.close(descriptor) }
        #expect(throws: SystemError.self) {
            try client.run { () throws(SystemError) in
                let socket = try ClientSocket(.tcp, .ipv4, timeout: .seconds(20))
                try socket.connect(to: served, port: 81)
            }
        }
        let code = try client.run { () throws(SystemError) -> Int32 in
            let socket = try ClientSocket(.udp, .ipv4, timeout: .milliseconds(20), localPort: 4000)
            try socket.connect(to: served, port: 53)
            try socket.send([1])
            var answer: [UInt8] = [0]
            return Self.code { () throws(SystemError) in try socket.receive(into: &answer) }
        }
        #expect(code == EAGAIN)
    }

    private static func code(_ body: () throws(SystemError) -> Void) -> Int32 {
        do throws(SystemError) {
            try body()
            return 0
        } catch {
            return error.code
        }
    }
}
