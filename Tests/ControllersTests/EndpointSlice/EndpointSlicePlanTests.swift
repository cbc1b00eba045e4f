import KubeAPI
import Testing

@testable import Controllers

@Suite struct EndpointSlicePlanTests {
    @Test func aNewServiceGetsASliceWithAllThatConsumersNeed() throws {
        let service = ManagedService.web {
            $0.metadata.labels = ["team": "a", ManagedEndpointSlice.managedByLabel: "spoofed"]
            $0.ports[0].appProtocol = "http"
        }
        let pod = Pod.web("a", ["10.0.0.1"]) {
            $0.spec.hostname = "host-a"
            $0.spec.subdomain = "web"
        }
        let plan = EndpointSlicePlan(
            service, pods: [pod], slices: [], node: { Node.named($0, zone: "z1") }, triggerTime: "2026-01-01T00:00:05Z",
            limit: 100)
        #expect(plan.updates.isEmpty && plan.deletions.isEmpty)
        let slice = try #require(plan.creations.first)
        #expect(plan.creations.count == 1)
        #expect(slice.generateName == "web-" && slice.metadata.name.isEmpty && slice.metadata.namespace == "ns")
        #expect(
            slice.metadata.labels == [
                "team": "a", "kubernetes.io/service-name": "web",
                "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
            ])
        #expect(
            slice.metadata.annotations == ["endpoints.kubernetes.io/last-change-trigger-time": "2026-01-01T00:00:05Z"])
        #expect(slice.metadata.ownerReferences == [OwnerReference(controller: service)])
        #expect(slice.addressType == "IPv4")
        #expect(slice.ports == [.init(name: "http", transport: "TCP", port: 8080, appProtocol: "http")])
        let endpoint = try #require(slice.endpoints.first)
        #expect(
            endpoint.routing
                == EndpointSlice.Endpoint(
                    addresses: ["10.0.0.1"], ready: true, serving: true, terminating: false, nodeName: "node1",
                    zone: "z1"))
        #expect(endpoint.hostname == "host-a")
        #expect(endpoint.targetRef == ObjectReference(pod))
    }

    struct ConditionCase: Sendable, CustomTestStringConvertible {
        var isPodReady: Bool
        var isDeleted: Bool
        var publishes: Bool
        /// ready, serving, terminating.
        var conditions: [Bool]
        var testDescription: String { "\(self)" }
    }

    @Test(arguments: [
        ConditionCase(isPodReady: true, isDeleted: false, publishes: false, conditions: [true, true, false]),
        ConditionCase(isPodReady: false, isDeleted: false, publishes: false, conditions: [false, false, false]),
        ConditionCase(isPodReady: true, isDeleted: true, publishes: false, conditions: [false, true, true]),
        ConditionCase(isPodReady: false, isDeleted: true, publishes: false, conditions: [false, false, true]),
        ConditionCase(isPodReady: false, isDeleted: false, publishes: true, conditions: [true, false, false]),
        ConditionCase(isPodReady: true, isDeleted: true, publishes: true, conditions: [true, true, true]),
    ])
    func conditions(_ test: ConditionCase) throws {
        let pod = Pod.web("a", ["10.0.0.1"]) {
            $0.setReady(test.isPodReady)
            if test.isDeleted { $0.metadata.deletionTimestamp = "2026-01-01T00:00:30Z" }
        }
        let plan = EndpointSlicePlan(.web { $0.publishNotReadyAddresses = test.publishes }, [pod])
        let routing = try #require(plan.creations.first?.endpoints.first?.routing)
        #expect([routing.ready, routing.serving, routing.terminating] == test.conditions.map { $0 })
    }

    @Test("Pods without address, ended ones, and those of unknown nodes make no endpoints")
    func excluded() {
        let pods = [
            Pod.web("no-address", []), Pod.web("failed", ["10.0.0.2"]) { $0.status.phase = "Failed" },
            Pod.web("done", ["10.0.0.3"]) { $0.status.phase = "Succeeded" },
            Pod.web("lost", ["10.0.0.4"]) { $0.spec.nodeName = "missing" }, Pod.web("six", ["fd00::1"]),
            Pod.web("nonsense", ["10.0.0"]),
        ]
        let plan = EndpointSlicePlan(.web(), pods)
        #expect(plan.creations.map(\.endpoints) == [[]])
        let published = EndpointSlicePlan(.web { $0.publishNotReadyAddresses = true }, pods)
        #expect(published.creations.flatMap(\.endpoints).map { $0.targetRef?.name } == ["lost"])
    }

    @Test func namedPortsAreLookedUpInEachPod() {
        let service = ManagedService.web {
            $0.ports = [
                .init(name: "http", port: 80, target: .name("serve")),
                .init(name: "dns", transport: "UDP", port: 53, target: .name("dns")),
            ]
        }
        let pods = [
            Pod.web("a", ["10.0.0.1"]) { $0.addPort("serve", 8080) },
            Pod.web("b", ["10.0.0.2"]) {
                $0.addPort("serve", 9090)
                $0.addPort("dns", 5353, "UDP")
                // The same name for another protocol is another port.
                $0.addPort("dns", 1, "TCP")
            },
            Pod.web("c", ["10.0.0.3"]) { $0.addPort("serve", 8080) },
            // A sidecar's ports count; those of an init container that ends do not.
            Pod.web("d", ["10.0.0.4"]) { pod in
                pod.addPort("serve", 7070)
                pod.spec.initContainers = pod.spec.containers
                pod.spec.initContainers[0].restartPolicy = "Always"
                pod.spec.containers = []
            },
            Pod.web("e", ["10.0.0.5"]) { pod in
                pod.addPort("serve", 1)
                pod.spec.initContainers = pod.spec.containers
                pod.spec.containers = []
            },
        ]
        let plan = EndpointSlicePlan(service, pods)
        let found = Dictionary(
            uniqueKeysWithValues: plan.creations.map { slice in
                (slice.ports.map { $0.port ?? 0 }, slice.endpoints.map { $0.targetRef?.name ?? "" })
            })
        #expect(found == [[8080]: ["a", "c"], [9090, 5353]: ["b"], [7070]: ["d"], []: ["e"]])
    }

    @Test func eachFamilyHasItsSlices() {
        let service = ManagedService.web { $0.ipFamilies = ["IPv6", "IPv4"] }
        let plan = EndpointSlicePlan(service, [Pod.web("a", ["10.0.0.1", "fd00::0001"]), Pod.web("b", ["10.0.0.2"])])
        let found = Dictionary(
            uniqueKeysWithValues: plan.creations.map { ($0.addressType, $0.endpoints.flatMap(\.routing.addresses)) })
        #expect(found == ["IPv4": ["10.0.0.1", "10.0.0.2"], "IPv6": ["fd00::1"]])
    }

    @Test func slicesOfAFamilyThatTheServiceLostGo() {
        let dual = ManagedService.web { $0.ipFamilies = ["IPv4", "IPv6"] }
        let pods = [Pod.web("a", ["10.0.0.1", "fd00::1"])]
        var store = SliceStore()
        store.apply(EndpointSlicePlan(dual, pods))
        let plan = EndpointSlicePlan(.web(), pods, store.all)
        #expect(plan.deletions.map(\.addressType) == ["IPv6"])
        #expect(plan.creations.isEmpty && plan.updates.isEmpty)
    }

    @Test func headlessServicesAreLabelledAndNeedNoPorts() throws {
        let service = ManagedService.web {
            $0.clusterIP = "None"
            $0.ports = []
        }
        let slice = try #require(EndpointSlicePlan(service, [Pod.web("a", ["10.0.0.1"])]).creations.first)
        #expect(slice.metadata.labels["service.kubernetes.io/headless"] == "")
        #expect(slice.ports.isEmpty && slice.endpoints.count == 1)
    }

    struct HintCase: Sendable {
        var distribution: String
        var annotation: String?
        var zones: [String]
        var nodes: [String]
    }

    @Test(arguments: [
        HintCase(distribution: "", zones: [], nodes: []),
        HintCase(distribution: "PreferClose", zones: ["zone-node1"], nodes: []),
        HintCase(distribution: "PreferSameZone", zones: ["zone-node1"], nodes: []),
        HintCase(distribution: "PreferSameNode", zones: ["zone-node1"], nodes: ["node1"]),
        HintCase(distribution: "Unknown", zones: [], nodes: []),
        HintCase(distribution: "PreferClose", annotation: "Auto", zones: [], nodes: []),
    ])
    func hints(_ test: HintCase) throws {
        let service = ManagedService.web {
            $0.trafficDistribution = test.distribution
            $0.metadata.annotations["service.kubernetes.io/topology-mode"] = test.annotation
        }
        let pods = [Pod.web("a", ["10.0.0.1"]), Pod.web("b", ["10.0.0.2"]) { $0.setReady(false) }]
        var store = SliceStore()
        store.apply(EndpointSlicePlan(service, pods))
        let endpoints = store.all.flatMap(\.endpoints)
        #expect(endpoints.map(\.routing.zoneHints) == [test.zones, []])
        #expect(endpoints.map(\.routing.nodeHints) == [test.nodes, []])
        // Hints of a preference that was taken back go.
        let without = EndpointSlicePlan(.web(), pods, store.all)
        #expect(without.updates.count == (test.zones.isEmpty ? 0 : 1))
    }

    @Test func aServiceWithoutEndpointsHasOneSliceThatSaysSo() {
        var store = SliceStore()
        store.apply(EndpointSlicePlan(.web(), []))
        #expect(store.all.map(\.endpoints) == [[]])
        #expect(store.all.map(\.ports) == [[]])
        #expect(EndpointSlicePlan(.web(), [], store.all).isEmpty)
        // The slice is used for the first endpoint, and again when the last one goes.
        let first = EndpointSlicePlan(.web(), [Pod.web("a", ["10.0.0.1"])], store.all)
        #expect(first.writeCount == 1 && first.updates.map(\.metadata.name) == store.all.map(\.metadata.name))
        store.apply(first)
        let last = EndpointSlicePlan(.web(), [], store.all)
        #expect(last.writeCount == 1 && last.updates.map(\.metadata.name) == store.all.map(\.metadata.name))
    }

    @Test func slicesOfAnOlderServiceOfTheNameAreNotReused() {
        let old = ManagedService.web { $0.metadata.uid = "old" }
        var store = SliceStore()
        store.apply(EndpointSlicePlan(old, [Pod.web("a", ["10.0.0.1"])]))
        let plan = EndpointSlicePlan(.web(), [Pod.web("a", ["10.0.0.1"])], store.all)
        #expect(plan.deletions.count == 1 && plan.creations.count == 1 && plan.updates.isEmpty)
    }

    @Test func aServiceThatGoesGetsNoNewSlices() {
        let service = ManagedService.web { $0.metadata.deletionTimestamp = "2026-01-01T00:00:00Z" }
        #expect(EndpointSlicePlan(service, [Pod.web("a", ["10.0.0.1"])]).isEmpty)
    }

    @Test func changedLabelsOfTheServiceAreCopied() {
        var store = SliceStore()
        let pods = [Pod.web("a", ["10.0.0.1"])]
        store.apply(EndpointSlicePlan(.web { $0.metadata.labels = ["a": "1", "b": "2"] }, pods))
        let plan = EndpointSlicePlan(.web { $0.metadata.labels = ["b": "3"] }, pods, store.all)
        #expect(plan.writeCount == 1)
        #expect(plan.updates.first?.metadata.labels["b"] == "3" && plan.updates.first?.metadata.labels["a"] == nil)
        store.apply(plan)
        #expect(EndpointSlicePlan(.web { $0.metadata.labels = ["b": "3"] }, pods, store.all).isEmpty)
    }

    @Test func aChangedPortIsWrittenIntoTheSlicesThatAreThere() {
        var store = SliceStore()
        let pods = (1...250).map { Pod.web("p\($0)", ["10.0.\($0 / 250).\($0 % 250)"]) }
        store.apply(EndpointSlicePlan(.web(), pods))
        #expect(store.all.map(\.endpoints.count).sorted() == [50, 100, 100])
        let plan = EndpointSlicePlan(.web { $0.ports[0].target = .number(9090) }, pods, store.all)
        #expect(plan.updates.count == 3 && plan.creations.isEmpty && plan.deletions.isEmpty)
        store.apply(plan)
        #expect(Set(store.all.map(\.ports)) == [[.init(name: "http", port: 9090)]])
    }

    @Test(arguments: [
        (["IPv6"], "10.96.0.1", ["IPv6"]), ([], "10.96.0.1", ["IPv4"]), ([], "fd00::1", ["IPv6"]),
        ([], "None", ["IPv4", "IPv6"]),
    ])
    func families(_ given: [String], _ clusterIP: String, _ expected: [String]) {
        let service = ManagedService.web {
            $0.ipFamilies = given
            $0.clusterIP = clusterIP
        }
        #expect(EndpointSlicePlan(service, []).creations.map(\.addressType).sorted() == expected)
    }

    @Test func namesThatAreTooLongForADashHaveNone() {
        #expect(ManagedEndpointSlice.generateName(for: "web") == "web-")
        let longest = String(repeating: "a", count: 253)
        #expect(ManagedEndpointSlice.generateName(for: longest) == longest)
    }
}
