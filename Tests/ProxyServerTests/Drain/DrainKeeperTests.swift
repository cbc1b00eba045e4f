import JSONStream
import KubeAPI
import KubeClient
import Logging
import NetworkAddress
import ServiceModel
import Synchronization
import Testing

@testable import ProxyServer

@Suite("What is drained, and what is left of it")
struct DrainKeeperTests {
    private final class World: Sendable {
        struct State {
            var drains = Drains()
            var now = Duration.zero
            var left = 0
            var isInForce = true
            var reports: [DrainReport] = []
            var events: [KubeEvent] = []
        }

        let state = Mutex(State())

        func keeper() -> DrainKeeper {
            DrainKeeper(
                .init(
                    nodeName: "node1", set: { drains in self.state.withLock { $0.drains = drains } },
                    endpoints: {
                        let drains = self.state.withLock { $0.drains }
                        var found: [DrainReason: Set<FlowEnd>] = [:]
                        for (key, addresses) in drains.pods {
                            found[.pod(key)] = Set(
                                addresses.map { FlowEnd(transport: .tcp, address: EndpointAddress($0, 80)) })
                        }
                        return found
                    },
                    count: { ends in
                        let left = self.state.withLock { $0.left }
                        return Dictionary(uniqueKeysWithValues: ends.map { ($0, left) })
                    }, isInForce: { self.state.withLock { $0.isInForce } },
                    report: { event in self.state.withLock { $0.events.append(event) } },
                    patch: { report in self.state.withLock { $0.reports.append(report) } },
                    state: ProxyStateFile(besideSocket: nil, logger: Self.logger),
                    clock: .init(now: { self.state.withLock { $0.now } }, sleep: { _ in throw CancellationError() }),
                    logger: Self.logger))
        }

        private static let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    }

    private static func pod(node: String = "node1") -> Pod {
        var pod = Pod(metadata: ObjectMeta(name: "one", namespace: "default"))
        pod.metadata.uid = "u1"
        pod.spec.nodeName = node
        pod.status.podIPs = ["10.1.0.1"]
        return pod
    }

    @Test("A pod of this node is told what is left, and that nothing is, once that has held for a while")
    func conditions() async throws {
        let world = World()
        let keeper = world.keeper()
        await keeper.handle(.changed([.upserted(Self.pod())]))
        #expect(world.state.withLock { $0.drains.pods.count } == 1)
        for (left, isInForce) in [(3, true), (3, true), (0, false), (0, true), (0, true), (0, true)] {
            world.state.withLock { state in
                state.left = left
                state.isInForce = isInForce
                state.now += .seconds(3)
            }
            await keeper.look()
        }
        let told = world.state.withLock { $0.reports.map { ($0.status?.connections, $0.status?.isDrained) } }
        #expect(told.map(\.0) == [3, 0, 0] && told.map(\.1) == [false, false, true], "\(told)")
        #expect(world.state.withLock { $0.events.map(\.reason) } == ["Draining", "Drained"])
        let patch = world.state.withLock { $0.reports.last?.body(at: Timestamp(microseconds: 0)).serialized() } ?? []
        #expect(String(decoding: patch, as: UTF8.self).contains(#""type":"viaduct.io/Drained","status":"True""#))
        await keeper.handle(ReflectorEvent<Pod>.changed([.deleted(Self.pod().metadata.key)]))
        #expect(world.state.withLock { $0.drains.isEmpty })
        #expect(world.state.withLock { $0.reports.last?.status } == nil)
    }

    @Test("A pod elsewhere gets no connections either, and its own node tells of it")
    func elsewhere() async {
        let world = World()
        let keeper = world.keeper()
        await keeper.handle(.changed([.upserted(Self.pod(node: "node2"))]))
        await keeper.look()
        #expect(world.state.withLock { $0.drains.pods.count } == 1)
        #expect(world.state.withLock { $0.reports.isEmpty && $0.events.isEmpty })
        #expect(await keeper.statuses.map(\.isHere) == [false])
    }

    @Test("Many writes are put together")
    func writes() async {
        let world = World()
        let keeper = world.keeper()
        await keeper.handle(.changed([.upserted(Self.pod())]))
        for left in 1...20 {
            world.state.withLock { state in
                state.left = left
                state.now += .milliseconds(500)
            }
            await keeper.look()
        }
        #expect(world.state.withLock { $0.reports.count } <= 6)
    }

    @Test("Addresses are kept over a restart")
    func addresses() async throws {
        let world = World()
        let keeper = world.keeper()
        let address = try #require(DrainAddress.parse("10.1.0.1:80"))
        #expect(await keeper.drain(address))
        #expect(world.state.withLock { $0.drains.addresses } == [address])
        #expect(await keeper.statuses.map(\.name) == ["10.1.0.1:80"])
        #expect(await keeper.undo(address))
        #expect(await !keeper.undo(address))
        #expect(world.state.withLock { $0.drains.isEmpty })
    }

    @Test("Targets of the command")
    func targets() {
        for (text, target) in [
            ("pod/x", DrainTarget.pod("x")), ("po/x", .pod("x")), ("node/n", .node("n")),
            ("10.0.0.1", .address("10.0.0.1")),
            ("[fd00::1]:80", .address("[fd00::1]:80")), ("fd00::1", .address("fd00::1")),
        ] { #expect(DrainTarget(text) == target) }
        for text in ["", "x", "pod/", "pod/a/b", "deployment/x", "10.0.0.1:0", "10.0.0.1:70000", "10.0.0"] {
            #expect(DrainTarget(text) == nil)
        }
    }
}
