import KubeAPI
import Testing

@testable import Controllers

@Suite struct EndpointsPlanTests {
    private static func plan(_ service: ManagedService, _ pods: [Pod], _ present: Endpoints? = nil) -> Endpoints? {
        EndpointsPlan(service, pods: pods, present: present, triggerTime: "2026-01-01T00:00:05Z").wanted
    }

    @Test func readyAndOtherAddressesShareASubset() throws {
        let ready = Pod.web("b", ["10.0.0.2"]) {
            $0.spec.hostname = "host-b"
            $0.spec.subdomain = "web"
        }
        let unready = Pod.web("a", ["10.0.0.1"]) { $0.setReady(false) }
        let ending = Pod.web("c", ["10.0.0.3"]) { $0.metadata.deletionTimestamp = "2026-01-01T00:00:00Z" }
        let service = ManagedService.web { $0.metadata.labels = ["team": "a"] }
        let endpoints = try #require(Self.plan(service, [ready, unready, ending]))
        #expect(endpoints.metadata.key == service.metadata.key)
        #expect(
            endpoints.metadata.labels == ["team": "a", "endpoints.kubernetes.io/managed-by": "endpoint-controller"])
        #expect(
            endpoints.metadata.annotations == [
                "endpoints.kubernetes.io/last-change-trigger-time": "2026-01-01T00:00:05Z"
            ])
        #expect(
            endpoints.subsets == [
                .init(
                    addresses: [
                        .init("10.0.0.2", hostname: "host-b", nodeName: "node1", targetRef: ObjectReference(ready))
                    ],
                    notReadyAddresses: [.init("10.0.0.1", nodeName: "node1", targetRef: ObjectReference(unready))],
                    ports: [.init(name: "http", port: 8080)])
            ])
        // Without a change nothing is written.
        #expect(Self.plan(service, [unready, ready], endpoints) == nil)
        let published = try #require(Self.plan(.web { $0.publishNotReadyAddresses = true }, [ready, unready, ending]))
        #expect(published.subsets.flatMap(\.addresses).map(\.ip) == ["10.0.0.1", "10.0.0.2", "10.0.0.3"])
    }

    @Test func portsWithTheSameAddressesShareASubset() throws {
        let service = ManagedService.web {
            $0.ports = [
                .init(name: "http", port: 80, target: .name("serve")), .init(name: "metrics", port: 90),
                .init(name: "admin", port: 91),
            ]
        }
        let pods = [
            Pod.web("a", ["10.0.0.1"]) { $0.addPort("serve", 8080) },
            Pod.web("b", ["10.0.0.2"]) { $0.addPort("serve", 9090) },
        ]
        let subsets = try #require(Self.plan(service, pods)).subsets
        let found = Dictionary(
            uniqueKeysWithValues: subsets.map {
                ($0.addresses.map(\.ip), $0.ports.map { "\($0.name):\($0.port ?? 0)" })
            })
        #expect(
            found == [
                ["10.0.0.1", "10.0.0.2"]: ["admin:91", "metrics:90"], ["10.0.0.1"]: ["http:8080"],
                ["10.0.0.2"]: ["http:9090"],
            ])
    }

    @Test func headlessServicesNeedNoPorts() throws {
        let service = ManagedService.web {
            $0.clusterIP = "None"
            $0.ports = []
        }
        let endpoints = try #require(Self.plan(service, [Pod.web("a", ["10.0.0.1"])]))
        #expect(endpoints.subsets.map(\.ports) == [[]] && endpoints.subsets[0].addresses.count == 1)
        #expect(endpoints.metadata.labels["service.kubernetes.io/headless"] == "")
    }

    @Test func theFirstFamilyCounts() throws {
        let pods = [Pod.web("a", ["10.0.0.1", "fd00::1"]), Pod.web("b", ["10.0.0.2"])]
        let endpoints = try #require(Self.plan(.web { $0.ipFamilies = ["IPv6", "IPv4"] }, pods))
        #expect(endpoints.subsets.flatMap(\.addresses).map(\.ip) == ["fd00::1"])
    }

    @Test func moreThanAThousandAddressesAreCut() throws {
        let pods = (0..<1200).map { number in
            Pod.web("p\(number)", ["10.0.\(number / 250).\(number % 250)"]) { if number < 400 { $0.setReady(false) } }
        }
        let endpoints = try #require(Self.plan(.web(), pods))
        #expect(endpoints.metadata.annotations["endpoints.kubernetes.io/over-capacity"] == "truncated")
        #expect(
            endpoints.subsets.map(\.addresses.count) == [800]
                && endpoints.subsets.map(\.notReadyAddresses.count) == [200])
        #expect(Self.plan(.web(), pods, endpoints) == nil)
        let fewer = try #require(Self.plan(.web(), Array(pods.prefix(10)), endpoints))
        #expect(fewer.metadata.annotations["endpoints.kubernetes.io/over-capacity"] == nil)
    }

    @Test(arguments: [
        ([3, 3], [0, 0], 4, [2, 2], [0, 0]), ([5, 1], [4, 4], 4, [4, 0], [0, 0]),
        ([1, 1], [3, 1], 4, [1, 1], [2, 0]), ([1, 0], [1, 1], 3, [1, 0], [1, 1]),
    ])
    func subsetsKeepTheirShare(
        _ ready: [Int], _ unready: [Int], _ limit: Int, _ keptReady: [Int], _ keptUnready: [Int]
    ) {
        var subsets = zip(ready, unready).map { ready, unready in
            Endpoints.Subset(
                addresses: (0..<ready).map { .init("10.0.0.\($0)") },
                notReadyAddresses: (0..<unready).map { .init("10.0.1.\($0)") })
        }
        let isCut = EndpointSubsets.truncate(&subsets, to: limit)
        #expect(isCut == (ready.reduce(0, +) + unready.reduce(0, +) > limit))
        #expect(subsets.map(\.addresses.count) == keptReady && subsets.map(\.notReadyAddresses.count) == keptUnready)
    }

    @Test func anAddressThatIsNotReadyOnceIsNotReady() {
        var subsets = EndpointSubsets()
        let port = Endpoints.Port(name: "http", port: 80)
        subsets.add(.init("10.0.0.1"), isReady: true, ports: [port])
        subsets.add(.init("10.0.0.1"), isReady: false, ports: [port])
        subsets.add(.init("10.0.0.1"), isReady: true, ports: [port])
        #expect(subsets.subsets == [.init(notReadyAddresses: [.init("10.0.0.1")], ports: [port])])
    }
}
