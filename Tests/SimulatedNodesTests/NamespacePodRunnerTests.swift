import AsyncHTTPClient
import Glibc
import JSONStream
import LinuxSystem
import Logging
import NIOCore
import NIOPosix
import Netlink
import NetworkAddress
import Testing

@testable import KubeAPI
@testable import SimulatedNodes

/// Whether pods can have network namespaces here.
private enum PodNamespaces {
    /// Tries what the runner needs, on a bridge that nobody else uses.
    static let canRun: Bool = {
        do {
            _ = try NetworkNamespace()
            var socket = try RouteSocket()
            _ = try socket.addDevice("vt-probe", kind: "bridge")
            try socket.deleteDevice("vt-probe")
            return true
        } catch {
            return false
        }
    }()
}

/// Pods in network namespaces of their own, reached by real packets.
@Suite(.serialized, .enabled(if: PodNamespaces.canRun, "CAP_SYS_ADMIN and CAP_NET_ADMIN, bridge, veth"))
struct NamespacePodRunnerTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static func network(_ bridge: String, _ number: Int) -> NamespaceNetwork {
        var configuration = SimulatedNodesConfiguration(count: 1)
        configuration.podNetworks = ["10.251.\(number).0/24", "fd00:251:\(number)::/112"].compactMap { IPNetwork($0) }
        var network = NamespaceNetwork(configuration)
        network.bridge = bridge
        return network
    }

    private static func pod(_ name: String, _ uid: String, _ number: Int, _ host: Int) -> SimulatedPod {
        var http = PodSpec.Container.Port()
        http.containerPort = 8080
        var udp = PodSpec.Container.Port()
        udp.containerPort = 5353
        udp.transport = "UDP"
        return SimulatedPod(
            uid: uid, key: ObjectKey(namespace: "default", name: name), node: "node-1",
            addresses: ["10.251.\(number).\(host)", "fd00:251:\(number)::\(host)"].compactMap { IPAddress($0) },
            isOnHostNetwork: false, ports: [http, udp])
    }

    private static func ask(_ address: IPAddress, within seconds: Int64 = 600) async throws -> JSONValue {
        let request = HTTPClientRequest(url: "http://\(address.bracketed):8080/who")
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(seconds))
        return try JSONValue(parsing: Array(buffer: try await response.body.collect(upTo: 1 << 16)))
    }

    @Test(.timeLimit(.minutes(30))) func podsSayWhoTheyAre() async throws {
        let runner = NamespacePodRunner(Self.network("vt-pods-a", 1), logger: Self.logger)
        try await runner.prepare()
        let web = Self.pod("web", "aaaaaaaa-0000", 1, 2)
        let db = Self.pod("db", "bbbbbbbb-0000", 1, 3)
        try await runner.start(web)
        try await runner.start(db)
        for pod in [web, db] {
            for address in pod.addresses {
                let answer = try await Self.ask(address)
                #expect(answer["pod"]?.stringValue == pod.key.name)
                #expect(answer["address"]?.stringValue == address.description)
                #expect(answer["node"]?.stringValue == "node-1")
            }
        }
        #expect(try await Self.echo(web.addresses[0], "hello") == "hello")
        await runner.stop(web)
        await #expect(throws: (any Error).self) { try await Self.ask(web.addresses[0], within: 10) }
        await runner.finish()
        var socket = try RouteSocket()
        let left = [try socket.device("vt-pods-a"), try socket.device(PodBridge.deviceName(db))]
        #expect(left == [nil, nil])
    }

    @Test(.timeLimit(.minutes(30))) func podsReachEachOther() async throws {
        let bridge = PodBridge(Self.network("vt-pods-b", 2))
        try await bridge.prepare()
        let web = Self.pod("web", "cccccccc-0000", 2, 2)
        let (namespace, sockets) = try await bridge.connect(web)
        let server = try await PodServer.start(web, sockets, group: MultiThreadedEventLoopGroup.singleton)
        let (other, unused) = try await bridge.connect(Self.pod("db", "dddddddd-0000", 2, 3))
        for socket in unused { socket.close() }
        let target = web.addresses[0]
        let code = try other.run { Self.connect(target, port: 8080) }
        #expect(code == 0)
        await server.stop()
        try await bridge.finish()
        withExtendedLifetime(namespace) {}
    }

    @Test("A pod that ends closes its connections before its device is gone", .timeLimit(.minutes(30)))
    func connectionsAreClosed() async throws {
        let runner = NamespacePodRunner(Self.network("vt-pods-d", 4), logger: Self.logger)
        try await runner.prepare()
        let web = Self.pod("web", "eeeeeeee-0000", 4, 2)
        try await runner.start(web)
        let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: web.addresses[0].description, port: 8080).get()
        // Half of a request: no answer will come.
        try await client.writeAndFlush(ByteBuffer(string: "GET / HTTP/1.1\r\n"))
        await runner.stop(web)
        try await client.closeFuture.get()
        await runner.finish()
    }

    private static func hardwareAddress(_ device: String) -> [UInt8] {
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        defer { close(descriptor) }
        var request = ifreq()
        withUnsafeMutableBytes(of: &request) { $0.copyBytes(from: device.utf8) }
        guard ioctl(descriptor, UInt(SIOCGIFHWADDR), &request) == 0 else { return [] }
        return withUnsafeBytes(of: request.ifr_ifru.ifru_hwaddr.sa_data) { Array($0.prefix(6)) }
    }

    @Test("The bridge keeps its hardware address when pods come and go", .timeLimit(.minutes(30)))
    func hardwareAddressStays() async throws {
        let runner = NamespacePodRunner(Self.network("vt-pods-e", 5), logger: Self.logger)
        try await runner.prepare()
        let before = Self.hardwareAddress("vt-pods-e")
        #expect(before.count == 6)
        // Without one of its own, the bridge has the lowest of its ports' addresses, which are random.
        for host in 2..<12 {
            try await runner.start(Self.pod("web\(host)", "ffffffff-00\(host)", 5, host))
            #expect(Self.hardwareAddress("vt-pods-e") == before)
        }
        await runner.finish()
    }

    @Test("A bridge that was left over is replaced", .timeLimit(.minutes(30))) func leftovers() async throws {
        let network = Self.network("vt-pods-c", 3)
        let first = PodBridge(network)
        try await first.prepare()
        let second = PodBridge(network)
        try await second.prepare()
        try await second.finish()
    }

    /// errno of a connection from the calling thread's namespace; 0 if it came about.
    private static func connect(_ address: IPAddress, port: UInt16) -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { _ = close(descriptor) }
        var limit = timeval(tv_sec: 5, tv_usec: 0)
        _ = setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var target = sockaddr_in()
        target.sin_family = sa_family_t(AF_INET)
        target.sin_port = port.bigEndian
        target.sin_addr.s_addr = UInt32(truncatingIfNeeded: address.value).bigEndian
        let result = withUnsafePointer(to: &target) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return result == 0 ? 0 : errno
    }

    /// Sends a datagram and returns what comes back.
    private static func echo(_ address: IPAddress, _ text: String) async throws -> String {
        let channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "0.0.0.0", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<AddressedEnvelope<ByteBuffer>, AddressedEnvelope<ByteBuffer>>(
                        wrappingChannelSynchronously: channel)
                }
            }
        let target = try SocketAddress(ipAddress: address.description, port: 5353)
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(AddressedEnvelope(remoteAddress: target, data: ByteBuffer(string: text)))
            for try await envelope in inbound { return String(buffer: envelope.data) }
            return ""
        }
    }
}
