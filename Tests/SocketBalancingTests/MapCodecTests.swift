import NetworkAddress
import ServiceModel
import Testing

@testable import SocketBalancing

@Suite struct MapCodecTests {
    @Test("Elements are laid out as the program reads them") func layout() throws {
        let four = MapCodec(family: .ipv4)
        let endpoint = EndpointAddress(try #require(IPAddress("10.180.0.1")), 8080)
        #expect(four.bytes(endpoint) == [10, 180, 0, 1, 0x1F, 0x90, 0, 0])
        let key = FrontendKey(try #require(IPAddress("10.96.0.1")), 80, .udp)
        #expect(four.bytes(key) == [10, 96, 0, 1, 0, 80, 17, 0])
        let target = SocketMaps.Target(port: 0x0102_0304, list: .local, isOnlyNode: true)
        #expect(four.bytes(target) == [4, 3, 2, 1, 1, 1, 0, 0])
        let port = SocketMaps.Port(
            cluster: .init(number: 1, count: 2), local: .init(number: 3, count: 4), affinity: 10800)
        #expect(
            four.bytes(port, translated: 5)
                == [1, 0, 0, 0, 3, 0, 0, 0, 2, 0, 4, 0, 0x30, 0x2A, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0])
        #expect(four.bytes(SocketMaps.Slot(list: 1, index: 2)) == [1, 0, 0, 0, 2, 0, 0, 0])
        let six = MapCodec(family: .ipv6)
        let long = EndpointAddress(try #require(IPAddress("fd00::1")), 443)
        #expect(six.bytes(long) == [0xFD, 0] + [UInt8](repeating: 0, count: 13) + [1, 1, 0xBB, 0, 0])
    }

    @Test("What is written is read again", arguments: IPFamily.allCases) func roundTrip(family: IPFamily) {
        let codec = MapCodec(family: family)
        let endpoint = EndpointAddress(IPAddress(family: family, value: 0x1234_5678), 65535)
        #expect(codec.endpoint(codec.bytes(endpoint)[...]) == endpoint)
        let key = FrontendKey(IPAddress(family: family, value: 99), 1, .tcp)
        #expect(codec.frontend(codec.bytes(key)[...]) == key)
        for list in EndpointList.allCases {
            let target = SocketMaps.Target(port: .max, list: list, isOnlyNode: list == .local)
            #expect(codec.target(codec.bytes(target)[...]) == target)
        }
        let port = SocketMaps.Port(
            cluster: .init(number: .max, count: 7), local: .init(number: 8, count: .max), affinity: 1)
        #expect(codec.port(codec.bytes(port, translated: .max)[...]) == (port, .max))
        #expect(codec.endpoint([1, 2, 3][...]) == nil && codec.frontend([][...]) == nil)
    }

    @Test("A connected socket's place is read; one that is free or being written is none") func places() throws {
        let codec = MapCodec(family: .ipv4)
        let frontend = FrontendKey(try #require(IPAddress("10.96.0.1")), 80, .tcp)
        let endpoint = EndpointAddress(try #require(IPAddress("10.180.0.1")), 8080)
        func place(_ cookie: UInt64) -> [UInt8] {
            codec.native(cookie) + codec.native(UInt64(7)) + codec.bytes(endpoint) + codec.bytes(frontend)
        }
        #expect(place(1).count == codec.connectionSize)
        let session = try #require(SocketSession(place: place(5)[...], codec))
        #expect(
            session
                == SocketSession(
                    socket: 5, transport: .tcp, frontend: EndpointAddress(frontend.ip, 80), endpoint: endpoint,
                    namespace: 7))
        #expect(SocketSession(place: place(0)[...], codec) == nil)
        #expect(SocketSession(place: place(.max)[...], codec) == nil)
    }

    @Test("A session is stale where neither its endpoint nor its frontend is in force") func staleSessions() throws {
        let frontend = FrontendKey(try #require(IPAddress("10.96.0.1")), 53, .udp)
        let (gone, live) = (EndpointAddress(IPAddress(ipv4: 1), 53), EndpointAddress(IPAddress(ipv4: 2), 53))
        let flows = StaleFamilyFlows(frontends: [frontend: FlowTargets([Endpoint(live)])])
        func session(_ endpoint: EndpointAddress, _ transport: TransportProtocol = .udp) -> SocketSession {
            SocketSession(
                socket: 1, transport: transport, frontend: EndpointAddress(frontend.ip, 53), endpoint: endpoint,
                namespace: 1)
        }
        #expect(session(gone).isStale(flows))
        #expect(!session(live).isStale(flows))
        #expect(!session(gone, .tcp).isStale(flows))
    }
}
