import Dataplane
import NetworkAddress
import Nftables
import NftablesServices
import ServiceModel
import Testing

@testable import IPVSDataplane

/// Which virtual servers are ours, and which numbers they have.
@Suite struct OwnershipTests {
    private static func key(_ text: String, port: UInt16 = 80) throws -> VirtualServerKey {
        .frontend(FrontendKey(try Sample.address(text), port, .tcp))
    }

    private static let foreign = KernelServer(
        settings: .init(scheduler: "wlc"), endpoints: [EndpointAddress(IPAddress(ipv4: 1), 1): .init(weight: 5)])

    @Test("Virtual servers of others stay; what is left of ours goes, unless its address is excluded")
    func others() throws {
        let excluded = try #require(IPNetwork("192.0.2.0/24"))
        var ipvs = IPVSState(configuration: IPVSConfiguration(family: .ipv4, excludedNetworks: [excluded]))
        _ = ipvs.apply(
            Sample.delta([try Sample.state(endpoints: Sample.endpoints([1]))], node: NodeFacts()), now: .zero)
        var kernel: [VirtualServerKey: KernelServer] = [:]
        for key in [
            try Self.key("198.51.100.1"), try Self.key("192.0.2.7"), .mark(5), .mark(ServiceMark.base | 8),
            try Self.key("172.30.0.9"), try Self.key("172.30.0.1", port: 81),
        ] {
            kernel[key] = Self.foreign
        }
        // 172.30.0.9 and 192.0.2.7 are on our device, 198.51.100.1 is not.
        let device: Set = [try Sample.address("172.30.0.9"), try Sample.address("192.0.2.7")]
        let plan = ipvs.plan(from: kernel, deviceAddresses: device, now: .zero)
        #expect(
            plan.deletions.map(\.text).sorted() == [
                "delete server FWM \(ServiceMark.base | 8)", "delete server TCP 172.30.0.1:81",
                "delete server TCP 172.30.0.9:80",
            ])
        #expect(plan.additions.count == 2)
    }

    @Test("An address that the table notes as ours is ours, whatever the device holds") func notes() throws {
        let configuration = IPVSConfiguration(family: .ipv4)
        var ipvs = IPVSState(configuration: configuration)
        _ = ipvs.apply(Sample.delta([], node: NodeFacts()), now: .zero)
        var kernel = SimulatedKernel()
        var note = Plan()
        note.add(Element(key: ElementKey(address: try Sample.address("172.30.0.9").value)), to: .serviceIPs)
        _ = kernel.apply(note)
        let (table, _) = try ipvs.reconcile(with: try kernel.table(configuration, NodeFacts()))
        // It stays there until the virtual server is gone.
        #expect(table.isEmpty)
        let left = [try Self.key("172.30.0.9"): Self.foreign]
        let plan = ipvs.plan(from: left, deviceAddresses: [], now: .zero)
        #expect(plan.text == "delete server TCP 172.30.0.9:80")
        let end = ipvs.forgetRetiredAddresses()
        #expect(end.text(ServiceTable.layout) == "delete element service-ips 172.30.0.9")
    }

    @Test("An address of the host itself is on no device of ours, and not rejected") func hostAddress() throws {
        var ipvs = IPVSState(configuration: IPVSConfiguration(family: .ipv4))
        let host = try Sample.address("192.0.2.1")
        _ = ipvs.apply(Sample.delta([], node: NodeFacts()), now: .zero)
        let isNews = ipvs.setHostAddresses([host])
        #expect(!isNews)
        for affinity in [nil, 60] as [UInt32?] {
            let changes = ipvs.apply(
                Sample.delta([
                    try Sample.state(endpoints: Sample.endpoints([1])) {
                        $0.externalIPs = [host]
                        $0.affinityTimeout = affinity
                    }
                ]), now: .zero)
            #expect(!changes.addedAddresses.contains(host))
            #expect(!changes.notes.text(ServiceTable.layout).contains("192.0.2.1"))
            #expect(ipvs.wantedAddresses == [try Sample.address("172.30.0.1")])
            let servers = ipvs.wantedServers()
            let marks = servers.keys.filter { if case .mark = $0 { true } else { false } }
            #expect(marks.count == 1)
            #expect(!ipvs.owns(try Self.key("192.0.2.1"), []))
        }
        let another = try Sample.address("192.0.2.200")
        let changes = [ipvs.setHostAddresses([]), ipvs.setHostAddresses([another])]
        #expect(changes == [true, false])
    }

    @Test("Numbers are the same in every process, whatever the order") func numbers() throws {
        let names = (0..<20000).map {
            ServicePortName(namespace: "n\($0 % 7)", name: "s\($0)", port: "", transport: .tcp)
        }
        var first = NumberAssignment(below: ServiceMark.capacity - 1)
        var second = NumberAssignment(below: ServiceMark.capacity - 1)
        for name in names { _ = first.number(of: name) }
        for name in names.reversed() { _ = second.number(of: name) }
        #expect(Set(first.numbers.values).count == names.count)
        // All but those that collide.
        #expect(names.count { first.numbers[$0] != second.numbers[$0] } < 200)
        for name in names { first.release(name) }
        #expect(first.numbers.isEmpty)
    }

    @Test("Numbers that the kernel's maps have are taken over") func adoption() throws {
        let configuration = IPVSConfiguration(family: .ipv4)
        let state = try Sample.state(endpoints: Sample.endpoints([1])) { $0.nodePort = 30080 }
        var ipvs = IPVSState(configuration: configuration)
        _ = ipvs.apply(Sample.delta([state], node: NodeFacts()), now: .zero)
        var kernel = SimulatedKernel()
        var plan = Plan()
        let mark = ServiceMark(number: 42, use: .cluster).value
        plan.add(
            Element(key: ElementKey(port: 30080, transport: 6), data: ElementData(value: .mark(mark))), to: .marks)
        _ = kernel.apply(plan)
        ipvs.adoptMarks(try kernel.table(configuration, NodeFacts()))
        #expect(ipvs.marks.numbers == [state.service.name: 42])
        let servers = ipvs.wantedServers()
        #expect(servers[.mark(mark)] != nil)
        #expect(ServiceMark(value: mark) == ServiceMark(number: 42, use: .cluster))
        #expect(ServiceMark(value: 0x4000) == nil)
        #expect(ServiceMark(value: ServiceMark.base | 3) == nil)
    }
}
