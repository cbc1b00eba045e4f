import KubeAPI
import Testing

@testable import Controllers

@Suite struct MirroringPlanTests {
    private static func endpoints(_ subsets: [Endpoints.Subset]) -> Endpoints {
        var endpoints = Endpoints(metadata: ObjectMeta(name: "web", namespace: "ns"), subsets: subsets)
        endpoints.metadata.uid = "web-uid"
        endpoints.metadata.labels = ["team": "a"]
        endpoints.metadata.annotations = [
            "note": "n", "kubectl.kubernetes.io/last-applied-configuration": "{}",
            "endpoints.kubernetes.io/last-change-trigger-time": "x",
        ]
        return endpoints
    }

    private static let http = Endpoints.Port(name: "http", port: 80)
    private static let https = Endpoints.Port(name: "https", port: 443)

    private static func plan(
        _ endpoints: Endpoints, _ slices: [ManagedEndpointSlice] = [], limit: Int = 1000
    ) -> MirroringPlan { MirroringPlan(endpoints, slices: slices, limit: limit) }

    /// As a server would have it after the plan.
    private static func stored(_ plan: MirroringPlan) -> [ManagedEndpointSlice] {
        SliceStore(plan.creations + plan.updates).all
    }

    @Test func eachFamilyAndSetOfPortsMakesASlice() throws {
        let plan = Self.plan(
            Self.endpoints([
                .init(
                    addresses: [.init("10.0.0.1", hostname: "h", nodeName: "node1"), .init("fd00::0001")],
                    notReadyAddresses: [.init("10.0.0.2")], ports: [Self.http]),
                .init(addresses: [.init("10.0.0.3")], ports: [Self.https, Self.http]),
                .init(addresses: [.init("10.0.0.4")], ports: [Self.http, Self.https]),
            ]))
        let found = plan.creations.map { slice in
            "\(slice.addressType) \(slice.ports.count) "
                + slice.endpoints.map { "\($0.routing.addresses[0])=\($0.routing.ready ?? false)" }.joined(
                    separator: ",")
        }
        #expect(
            found.sorted() == [
                "IPv4 1 10.0.0.1=true,10.0.0.2=false", "IPv4 2 10.0.0.3=true,10.0.0.4=true", "IPv6 1 fd00::1=true",
            ])
        let slice = try #require(plan.creations.first)
        #expect(
            slice.metadata.labels == [
                "team": "a", "kubernetes.io/service-name": "web",
                "endpointslice.kubernetes.io/managed-by": "endpointslicemirroring-controller.k8s.io",
            ])
        #expect(slice.metadata.annotations == ["note": "n"])
        #expect(slice.metadata.ownerReferences.map(\.kind) == ["Endpoints"])
        #expect(slice.endpoints.first?.hostname == "h" && slice.endpoints.first?.routing.nodeName == "node1")
    }

    @Test func nothingIsWrittenTwice() {
        let endpoints = Self.endpoints([.init(addresses: [.init("10.0.0.1"), .init("10.0.0.2")], ports: [Self.http])])
        let slices = Self.stored(Self.plan(endpoints))
        let again = Self.plan(endpoints, slices)
        #expect(again.creations.isEmpty && again.updates.isEmpty && again.deletions.isEmpty)
        var relabelled = endpoints
        relabelled.metadata.labels["team"] = "b"
        #expect(Self.plan(relabelled, slices).updates.map(\.metadata.name) == slices.map(\.metadata.name))
        var changed = endpoints
        changed.subsets[0].addresses[1].nodeName = "node2"
        #expect(Self.plan(changed, slices).updates.count == 1)
    }

    @Test func slicesAreReusedAndRemoved() {
        let before = Self.stored(
            Self.plan(
                Self.endpoints([
                    .init(addresses: [.init("10.0.0.1"), .init("fd00::1")], ports: [Self.http])
                ])))
        let plan = Self.plan(
            Self.endpoints([.init(addresses: [.init("10.0.0.1")], ports: [Self.https])]), before)
        #expect(plan.creations.isEmpty && plan.updates.map(\.addressType) == ["IPv4"])
        #expect(plan.deletions.map(\.addressType) == ["IPv6"])
        let emptied = Self.plan(Self.endpoints([]), before)
        #expect(emptied.deletions.count == 2 && emptied.creations.isEmpty && emptied.updates.isEmpty)
        // Of two slices for the same ports, one goes.
        let doubled =
            before
            + before.map { slice in
                var copy = slice
                copy.metadata.name += "x"
                return copy
            }
        let single = Self.plan(
            Self.endpoints([.init(addresses: [.init("10.0.0.1"), .init("fd00::1")], ports: [Self.http])]), doubled)
        #expect(single.deletions.count == 2 && single.updates.isEmpty)
    }

    @Test func badAndExcessAddressesAreCounted() {
        let addresses = (0..<5).map { Endpoints.Address("10.0.0.\($0)") }
        let plan = Self.plan(
            Self.endpoints([
                .init(
                    addresses: [.init("nonsense")] + addresses, notReadyAddresses: [.init("10.0.1.1")],
                    ports: [Self.http]),
                .init(addresses: [.init("10.0.2.1")], ports: [Self.https]),
            ]), limit: 3)
        #expect(plan.invalidCount == 1 && plan.excessCount == 3)
        #expect(plan.creations.map(\.endpoints.count).sorted() == [1, 3])
    }

    @Test func someEndpointsAreNotMirrored() {
        #expect(MirroringPlan.isWanted(Self.endpoints([])))
        var skipped = Self.endpoints([])
        skipped.metadata.labels["endpointslice.kubernetes.io/skip-mirror"] = "true"
        #expect(!MirroringPlan.isWanted(skipped))
        var leader = Self.endpoints([])
        leader.metadata.annotations["control-plane.alpha.kubernetes.io/leader"] = "{}"
        #expect(!MirroringPlan.isWanted(leader))
    }
}
