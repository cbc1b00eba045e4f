import Dataplane
import DataplaneTesting
import Glibc
import KubeAPI
import KubeClient
import LinuxSystem
import Logging
import Netlink
import NetworkAddress
import NftablesDataplane
import PrometheusMetrics
import ProxyConfiguration
import ServiceModel
import Synchronization
import TestSupport
import Testing

@testable import ProxyServer

/// The sync loops with backends that have no kernel, and with time that the test makes.
@Suite(.timeLimit(.minutes(30))) struct ServiceProxyTests {
    @Test("The kernel is first touched when everything has been listed") func start() async throws {
        try await World.run { world in
            await world.proxy.handle(.changed([.upserted(World.service)]))
            for source in [ServiceProxy.Source.services, .endpointSlices, .node] { await world.proxy.listed(source) }
            await world.settle()
            #expect(world.calls == [])
            await world.proxy.listed(.serviceCIDRs)
            try await world.waits { world.calls("IPv4 apply") == 1 && world.calls("IPv6 apply") == 1 }
            let ports = await world.ipv4.ports
            #expect(ports.count == 1)
        }
    }

    @Test("A change of one family is none of the other's") func families() async throws {
        try await World.run { world in
            try await world.begin()
            await world.put(["10.0.0.1"])
            try await world.waits { await world.ipv4.ports.values.first?.clusterEndpoints.count == 1 }
            #expect(world.calls("IPv4 apply") == 2)
            #expect(world.calls("IPv6 apply") == 1, "IPv6 has no part in it")
            #expect(world.metric("kubeproxy_network_programming_duration_seconds_count", .ipv4) == 1)
            #expect(world.metric("kubeproxy_network_programming_duration_seconds_count", .ipv6) == 0)
        }
    }

    @Test("A failure of one family is not healed by the other's success") func failures() async throws {
        try await World.run { world in
            try await world.begin()
            await world.ipv4.fail(3)
            await world.put(["10.0.0.1"])
            try await world.waits { world.calls("IPv4 apply") == 2 && world.clock.nextWake == .milliseconds(100) }
            // IPv6 succeeds meanwhile.
            await world.put(["fd00::1"])
            try await world.waits { await world.ipv6.ports.values.contains { $0.clusterEndpoints.count == 1 } }
            #expect(await world.ipv4.ports.values.first?.clusterEndpoints == [])
            for (attempt, time) in [100, 300, 700].enumerated() {
                try await world.waits { world.clock.nextWake == .milliseconds(time) }
                #expect(world.calls("IPv4 verify") == attempt)
                world.clock.advance(to: .milliseconds(time))
            }
            try await world.waits { world.calls("IPv4 verify") == 3 }
            try await world.waits { await world.ipv4.ports.values.first?.clusterEndpoints.count == 1 }
            #expect(world.metric("kubeproxy_network_programming_duration_seconds_count", .ipv4) == 1)
        }
    }

    @Test("The pause after a failure begins when it has failed") func pauses() async throws {
        try await World.run { world in
            try await world.begin()
            await world.ipv4.fail(1)
            await world.ipv4.hold()
            await world.put(["10.0.0.1"])
            try await world.waits { world.calls("IPv4 apply") == 2 }
            world.clock.advance(to: .seconds(20))
            await world.ipv4.release()
            try await world.waits { world.clock.nextWake == .milliseconds(20_100) }
            #expect(world.calls("IPv4 verify") == 0)
            world.clock.advance(to: .milliseconds(20_100))
            try await world.waits { await world.ipv4.ports.values.first?.clusterEndpoints.count == 1 }
        }
    }

    @Test("What others change is mended at once, and told with its author") func drift() async throws {
        try await World.run { world in
            try await world.begin()
            let before = world.calls("IPv4 forget")
            await world.ipv4.answer(ApplyReport(messages: 3, repaired: true))
            world.hear(.ipv4, DriftAuthor(program: "nft", process: 42))
            try await world.waits { world.calls("IPv4 verify") == 1 }
            try await world.waits { world.events.count == 1 }
            #expect(world.events.first?.note.contains("nft (pid 42)") == true)
            #expect(world.events.first?.regarding.kind == "Node")
            #expect(world.metric("viaduct_repairs_total", .ipv4) == 1)
            #expect(world.calls("IPv6 verify") == 0, "IPv6 has no part in it")
            // What clients sent meanwhile is forgotten, wherever it went.
            try await world.waits { world.calls("IPv4 forget") > before }
            let flows = await world.ipv4.forgotten.last?.frontends
            #expect(flows?.isEmpty == false)
        }
    }

    @Test("A change by others that is none, and our own, are no repairs") func noDrift() async throws {
        try await World.run { world in
            try await world.begin()
            world.hear(.ipv4, nil)
            world.hear(.ipv4, DriftAuthor(program: "firewalld", process: 9))
            try await world.waits { world.calls("IPv4 verify") >= 1 }
            await world.settle()
            #expect(world.events.isEmpty)
            #expect(world.metric("viaduct_repairs_total", .ipv4) == 0)
        }
    }

    @Test("Where the kernel tells nothing, a look each second finds it") func probes() async throws {
        try await World.run(probePeriod: .seconds(1)) { world in
            try await world.begin()
            try await world.waits { world.clock.nextWake == .seconds(1) }
            world.clock.advance(to: .seconds(1))
            try await world.waits { world.clock.nextWake == .seconds(2) }
            #expect(world.calls("IPv4 verify") == 0)
            await world.ipv4.look(asLeft: false)
            world.clock.advance(to: .seconds(2))
            try await world.waits { world.calls("IPv4 verify") >= 1 }
        }
    }

    @Test("Services change while the kernel does not tell the host's addresses") func addresses() async throws {
        try await World.run { world in
            try await world.begin()
            world.holdAddresses(true)
            defer { world.holdAddresses(false) }
            let before = world.addressReadings
            world.hearOfAddresses()
            try await world.waits { world.addressReadings == before + 1 }
            await world.put(["10.0.0.1"])
            try await world.waits { await world.ipv4.ports.values.first?.clusterEndpoints.count == 1 }
            // Nor does a verification wait.
            world.hear(.ipv4, nil)
            try await world.waits { world.calls("IPv4 verify") == 1 }
            await world.put(["10.0.0.2"])
            let second = IPAddress("10.0.0.2")
            try await world.waits { await world.ipv4.ports.values.first?.clusterEndpoints.first?.ip == second }
            #expect(world.addressReadings == before + 1)
        }
    }

    @Test("What changes while a family is at work is put together for it") func changesMeanwhile() async throws {
        try await World.run { world in
            try await world.begin()
            await world.ipv4.hold()
            await world.put(["10.0.0.1"])
            try await world.waits { world.calls("IPv4 apply") == 2 }
            for last in 2...9 { await world.put(["10.0.0.\(last)"]) }
            await world.put(["fd00::1"])
            try await world.waits { await world.ipv6.ports.values.contains { $0.clusterEndpoints.count == 1 } }
            await world.ipv4.release()
            try await world.waits {
                await world.ipv4.ports.values.first?.clusterEndpoints.map(\.description) == ["10.0.0.9:8080"]
            }
            #expect(world.calls("IPv4 apply") == 3)
            #expect(await world.ipv4.faults + world.ipv6.faults == [])
        }
    }

    @Test("Each family is verified by itself, also while the other fails") func verification() async throws {
        try await World.run { world in
            try await world.begin()
            await world.ipv4.fail(1000)
            world.clock.advance(to: .seconds(30))
            try await world.waits { world.calls("IPv4 verify") == 1 && world.calls("IPv6 verify") == 1 }
            #expect(world.metric("kubeproxy_sync_proxy_rules_nftables_sync_failures_total", .ipv6) == 0)
            world.clock.advance(to: .seconds(60))
            try await world.waits { world.calls("IPv6 verify") == 2 }
        }
    }

    @Test("Flows are forgotten when the change is in force, and looked at again") func flows() async throws {
        try await World.run { world in
            try await world.begin()
            await world.put(["10.0.0.1"])
            try await world.waits { world.calls("IPv4 forget") == 2 }
            await world.ipv4.fail(1)
            await world.put([])
            try await world.waits { world.calls("IPv4 apply") == 3 }
            try await world.waits { world.clock.nextWake == .milliseconds(100) }
            #expect(world.calls("IPv4 forget") == 2, "not before the rules are in force")
            world.clock.advance(to: .milliseconds(100))
            try await world.waits { world.calls("IPv4 forget") == 3 }
            let gone = await world.ipv4.forgotten.last
            #expect(gone?.frontends.values.allSatisfy { $0 == FlowTargets() } == true)
            world.clock.advance(to: .milliseconds(1100))
            try await world.waits { world.calls("IPv4 forget") == 4 }
            #expect(await world.ipv4.forgotten.last?.frontends == gone?.frontends)
        }
    }

    @Test("Other modes' rules go family by family, once") func otherModes() async throws {
        try await World.run { world in
            await world.ipv4.fail(1)
            try await world.begin()
            try await world.waits { world.removed == [.ipv6] }
            world.clock.advance(to: .milliseconds(100))
            try await world.waits { world.removed == [.ipv6, .ipv4] }
            await world.put(["10.0.0.1"])
            try await world.waits { await world.ipv4.ports.values.first?.clusterEndpoints.count == 1 }
            #expect(world.removed == [.ipv6, .ipv4])
        }
    }

    @Test("Connections that another mode carries are kept before a family's first rules, and never again")
    func carriedConnections() async throws {
        try await World.run { world in
            await world.put(["10.0.0.1"])
            try await world.begin()
            try await world.waits { world.calls("IPv4 apply") == 1 }
            await world.put(["10.0.0.2"])
            try await world.waits { world.calls("IPv4 apply") == 2 }
            #expect(
                world.calls.filter { ["IPv4 keep", "IPv4 apply"].contains($0) } == [
                    "IPv4 keep", "IPv4 apply", "IPv4 apply",
                ])
        }
    }

    @Test("Flows are forgotten before other modes' rules go, and once more where there were any")
    func otherModesFlows() async throws {
        for (otherMode, after) in [(Backend.Retirement.nothingThere, 0), (.isGone, 1), (.isLeft, 1)] {
            try await World.run(otherMode: otherMode) { world in
                await world.put(["10.0.0.1"])
                try await world.begin()
                try await world.waits { world.calls("IPv4 other modes") == 1 }
                try await world.waits { world.calls("IPv4 forget") == 1 + after }
                await world.settle()
                #expect(
                    world.calls.filter { ["IPv4 forget", "IPv4 other modes"].contains($0) }
                        == ["IPv4 forget", "IPv4 other modes"] + Array(repeating: "IPv4 forget", count: after))
            }
        }
    }

    @Test("A health check gives its port up before a backend opens it") func healthCheckPort() async throws {
        try await World.run { world in
            try await world.begin()
            var service = World.service
            service.spec.type = "LoadBalancer"
            service.spec.externalTrafficPolicy = "Local"
            service.spec.healthCheckNodePort = Int32(world.freePort)
            await world.proxy.handle(.changed([.upserted(service)]))
            try await world.waits { await !world.serviceHealth.openServices.isEmpty }
            await world.ipv4.hold()
            service.spec.externalTrafficPolicy = "Cluster"
            service.spec.healthCheckNodePort = 0
            service.spec.ports[0].nodePort = Int32(world.freePort)
            let calls = world.calls("IPv4 apply")
            await world.proxy.handle(.changed([.upserted(service)]))
            try await world.waits { world.calls("IPv4 apply") == calls + 1 }
            #expect(await world.serviceHealth.openServices.isEmpty)
            await world.ipv4.release()
        }
    }

    @Test("The end leaves what is in force") func end() async throws {
        let world = World()
        let run = Task { await world.proxy.run() }
        try await world.begin()
        run.cancel()
        await run.value
        #expect(world.calls.contains("IPv4 apply"))
        #expect(!world.calls.contains { $0.hasSuffix("remove") })
        #expect(await world.ipv4.ports.count == 1)
    }
}

/// A proxy with fake backends and one dual-stack Service.
private final class World: Sendable {
    let journal: CallJournal
    let ipv4: FakeDataplane
    let ipv6: FakeDataplane
    let clock = SteppedClock()
    let serviceHealth: ServiceHealthServer
    let proxy: ServiceProxy
    let freePort = TestPort.next()
    private let metrics = ProxyMetrics(mode: .nftables)
    private let removedFamilies: Removals

    private let told = Told()

    private final class Told: Sendable {
        let events = Mutex<[KubeEvent]>([])
        let heard = Mutex<DriftWatch.Heard?>(nil)
        let heardOfHost = Mutex<(@Sendable (HostChange?) -> Void)?>(nil)
        let addressReadings = Mutex(0)
        let addressesAreHeld = Mutex(false)
    }

    /// As if the host's addresses changed.
    func hearOfAddresses() { told.heardOfHost.withLock { $0 }?(.addresses) }

    var addressReadings: Int { told.addressReadings.withLock { $0 } }

    /// As if the kernel did not answer who asks for the host's addresses.
    func holdAddresses(_ isHeld: Bool) { told.addressesAreHeld.withLock { $0 = isHeld } }

    var events: [KubeEvent] { told.events.withLock { $0 } }

    /// As if the kernel told of a change.
    func hear(_ family: IPFamily, _ author: DriftAuthor?) { told.heard.withLock { $0 }?(family, author) }

    private final class Removals: Sendable {
        let families = Mutex<[IPFamily]>([])
    }

    init(probePeriod: Duration? = nil, otherMode: Backend.Retirement = .nothingThere) {
        let told = told
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let journal = CallJournal()
        let removals = Removals()
        self.journal = journal
        removedFamilies = removals
        ipv4 = FakeDataplane(.ipv4, journal: journal)
        ipv6 = FakeDataplane(.ipv6, journal: journal)
        let health = ProxyHealth(timeout: .seconds(60), metrics: metrics)
        serviceHealth = ServiceHealthServer(addresses: [], health: health, logger: logger)
        proxy = ServiceProxy(
            model: ServiceModel(configuration: ServiceModelConfiguration(nodeName: "node1", nodePortAddresses: .all)),
            minSyncPeriod: .zero, syncPeriod: .seconds(30),
            parts: ServiceProxy.Parts(
                dataplanes: [ipv4, ipv6], conntrack: nil, metrics: metrics, health: health,
                serviceHealth: serviceHealth, report: { event in told.events.withLock { $0.append(event) } },
                keepCarried: { family, _ in journal.note("\(family.rawValue) keep") },
                removeOtherModes: { family in
                    removals.families.withLock { $0.append(family) }
                    journal.note("\(family.rawValue) other modes")
                    return otherMode
                },
                localAddresses: {
                    told.addressReadings.withLock { $0 += 1 }
                    while told.addressesAreHeld.withLock({ $0 }) { usleep(1000) }
                    return []
                },
                watch: { heard throws(DataplaneError) in
                    told.heard.withLock { $0 = heard }
                    return nil
                },
                watchHost: { heard throws(SystemError) in
                    told.heardOfHost.withLock { $0 = heard }
                    return ()
                }, probePeriod: probePeriod, clock: clock.clock, logger: logger))
    }

    static func run(
        probePeriod: Duration? = nil, otherMode: Backend.Retirement = .nothingThere,
        _ body: (World) async throws -> Void
    ) async throws {
        let world = World(probePeriod: probePeriod, otherMode: otherMode)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await world.proxy.run() }
            do {
                try await body(world)
            } catch {
                await world.ipv4.release()
                group.cancelAll()
                throw error
            }
            await world.ipv4.release()
            group.cancelAll()
        }
        await world.serviceHealth.close()
    }

    static var service: Service { .make("web", clusterIPs: ["10.96.0.1", "fd00:96::1"]) }

    /// Lists everything; each family has its first sync behind it.
    func begin() async throws {
        await proxy.handle(.changed([.upserted(Self.service)]))
        for source in ServiceProxy.Source.always { await proxy.listed(source) }
        try await waits { self.calls("IPv4 apply") == 1 && self.calls("IPv6 forget") >= 1 }
        if await !ipv4.ports.isEmpty { try await waits { self.calls("IPv4 forget") >= 1 } }
    }

    /// Gives the Service these endpoints of one family; none: none of IPv4.
    func put(_ addresses: [String]) async {
        let isIPv6 = addresses.first?.contains(":") ?? false
        var slice = EndpointSlice.make(
            isIPv6 ? "six" : "four", of: "web", addressType: isIPv6 ? "IPv6" : "IPv4", addresses.map { .ready($0) })
        slice.metadata.annotations["endpoints.kubernetes.io/last-change-trigger-time"] = "2026-01-02T00:00:00Z"
        await proxy.handle(.changed([.upserted(slice)]))
    }

    var calls: [String] { journal.all }
    func calls(_ name: String) -> Int { journal.all.count { $0 == name } }
    var removed: [IPFamily] { removedFamilies.families.withLock { $0 } }

    func metric(_ name: String, _ family: IPFamily) -> Double {
        let prefix = "\(name){ip_family=\"\(family.rawValue)\"} "
        let line = metrics.registry.exposition().split(separator: "\n").first { $0.hasPrefix(prefix) }
        return line.flatMap { Double($0.dropFirst(prefix.count)) } ?? 0
    }

    /// Lets everybody run who can.
    func settle() async { for _ in 0..<200 { await Task.yield() } }

    func waits(_ condition: () async -> Bool) async throws {
        for _ in 0..<300_000 {
            if await condition() { return }
            try await Task.sleep(for: .milliseconds(1))
        }
        Issue.record("it never came about; calls: \(calls), next wake: \(String(describing: clock.nextWake))")
        throw CancellationError()
    }
}
