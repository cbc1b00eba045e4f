import NetworkAddress
import Nftables
import NftablesServices
import ServiceModel
import Testing

@testable import IPVSDataplane

/// What stays of ipvs mode beside another mode.
@Suite struct IPVSRetirementTests {
    private static let busy = VirtualServerKey.frontend(FrontendKey(IPAddress(ipv4: 0xAC1E_0001), 80, .tcp))
    private static let idle = VirtualServerKey.frontend(FrontendKey(IPAddress(ipv4: 0xAC1E_0002), 80, .tcp))
    private static let marked = VirtualServerKey.mark(ServiceMark(number: 7, use: .cluster).value)
    private static let pass = VirtualServerKey.mark(ServiceMark.pass)

    private static func server(_ connections: Int, weight: UInt32 = 1) -> KernelServer {
        KernelServer(
            settings: VirtualServerSettings(scheduler: "rr"),
            endpoints: [
                EndpointAddress(IPAddress(ipv4: 0x0A01_0001), 8080): .init(weight: weight, connections: connections)
            ])
    }

    private static let external = ElementKey(address: 0xC000_0201, port: 80, transport: 6)
    private static let nodePort = ElementKey(address: 0, port: 30080, transport: 6)
    private static let elements: [SetName: [ElementKey: ElementData]] = [
        .marks: [
            external: ElementData(value: .mark(ServiceMark(number: 7, use: .cluster).value)),
            nodePort: ElementData(value: .mark(ServiceMark(number: 7, use: .cluster).value)),
            ElementKey(address: 0xC000_0202, port: 80, transport: 6): ElementData(
                value: .mark(ServiceMark(number: 8, use: .cluster).value)),
        ]
    ]

    @Test("Virtual servers with connections stay without new ones, with the addresses that lead there; others go")
    func connections() {
        let retirement = IPVSRetirement(
            servers: [Self.busy: Self.server(3), Self.idle: Self.server(0), Self.marked: Self.server(1, weight: 0)],
            elements: Self.elements, family: .ipv4, passing: false)
        #expect(retirement.hasConnections)
        #expect(retirement.quiescence.map(\.text) == ["set endpoint TCP 172.30.0.1:80 -> 10.1.0.1:8080 weight 0"])
        #expect(retirement.deletions.map(\.text) == ["delete server TCP 172.30.0.2:80"])
        #expect(retirement.addresses.map(\.description).sorted() == ["172.30.0.1", "192.0.2.1"])
        // The next look has to know it again.
        #expect(retirement.marks[.marks]?.keys.map(\.address) == [0xC000_0201])
    }

    @Test("Where this host's sockets serve from now on, new connections are handed over to them, until nothing is left")
    func passing() {
        let first = IPVSRetirement(servers: [Self.busy: Self.server(3)], elements: [:], family: .ipv4, passing: true)
        #expect(
            first.quiescence.map(\.text) == [
                "set endpoint TCP 172.30.0.1:80 -> 10.1.0.1:8080 weight 0"
            ])
        #expect(
            first.preparations.map(\.text) == ["add server FWM 1459617788 rr", "add local delivery FWM 1459617788"])
        let pass = Self.server(9)
        let second = IPVSRetirement(
            servers: [Self.busy: Self.server(3, weight: 0), Self.pass: pass], elements: [:], family: .ipv4,
            passing: true)
        #expect(second.quiescence.isEmpty && second.deletions.isEmpty && second.preparations.isEmpty)
        let last = IPVSRetirement(
            servers: [Self.busy: Self.server(0), Self.pass: pass], elements: [:], family: .ipv4, passing: true)
        #expect(!last.hasConnections && last.deletions.count == 2)
    }

    @Test(
        "What is left of the table marks nothing for virtual servers that have connections", arguments: [false, true])
    func table(passing: Bool) {
        let chains = ServiceTable.retired(.ipv4, passing: passing)
        let texts = chains.flatMap(\.rules).map(\.text)
        #expect(!texts.contains { $0.contains("@service-marks") || $0.contains("@cluster-ips") })
        #expect(texts.contains { $0.contains("reject") } == !passing)
        #expect(texts.contains("ip daddr @service-ips meta mark set 0x56fffffc") == passing)
        // Whether another process has ipvs mode in force again shows in the chains.
        let names = Set(chains.map(\.name))
        let whole = ServiceTable(configuration: IPVSConfiguration(family: .ipv4), node: NodeFacts())
        #expect(!names.isSuperset(of: whole.chains.map(\.name)))
        #expect(chains.contains { $0.base?.kind == .nat })
    }
}
