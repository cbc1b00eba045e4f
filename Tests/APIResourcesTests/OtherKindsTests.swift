import APITesting
import JSONStream
import KubeAPI
import Testing

@testable import APIObjects
@testable import APIResources

@Suite struct OtherKindsTests {
    /// What creating checks: metadata and the kind's own rules.
    private func causes(_ text: String, _ definition: ResourceDefinition) throws -> [String] {
        let object = try decoded(text, definition)
        return brief(
            MetadataValidation.validate(object, definition.strategy)
                + definition.strategy.validateCreate(object, dualStack))
    }

    @Test func namespacesHaveTheirFinalizerAndLabel() throws {
        let strategy = NamespaceStrategy()
        var new = try decoded(
            #"{"metadata":{"name":"t1","labels":{"a":"b"}},"spec":{"finalizers":["a/b"]},"status":{"phase":"X"}}"#,
            .namespaces)
        strategy.prepareForCreate(&new, dualStack)
        #expect(new["spec"] == ["finalizers": ["a/b", "kubernetes"]])
        #expect(new["status"] == ["phase": "Active"])
        #expect(new["metadata"]?["labels"] == ["a": "b", "kubernetes.io/metadata.name": "t1"])
        var changed = try decoded(#"{"metadata":{"name":"t1"}}"#, .namespaces)
        strategy.prepareForUpdate(&changed, old: new, dualStack)
        #expect(changed["spec"] == new["spec"])
        #expect(strategy.selectableField("status.phase", of: new) == "Active")
    }

    @Test(
        arguments: [
            (#"{"metadata":{"name":"a.b"}}"#, ["Invalid metadata.name"]),
            (#"{"spec":{"finalizers":["alone"]}}"#, ["Invalid spec.finalizers"]),
            (#"{"spec":{"finalizers":["a/b"]}}"#, []),
        ] as [(String, [String])])
    func refusedNamespaces(text: String, expected: [String]) throws {
        #expect(try causes(text, .namespaces) == expected)
    }

    @Test func namespacePhaseFollowsDeletion() throws {
        var old = try decoded("{}", .namespaces)
        NamespaceStrategy().prepareForCreate(&old, dualStack)
        var new = old
        new[path: "status", "phase"] = "Terminating"
        #expect(brief(NamespaceStrategy().validateStatusUpdate(new, old: old)) == ["Invalid status.Phase"])
        #expect(brief(NamespaceStrategy().validateStatusUpdate(old, old: old)) == [])
        new[path: "metadata", "deletionTimestamp"] = "2026-01-01T00:00:00Z"
        #expect(brief(NamespaceStrategy().validateStatusUpdate(new, old: new)) == [])
    }

    @Test func nodesAreTaintedAtFirst() throws {
        let strategy = NodeStrategy()
        var new = try decoded(#"{"spec":{"podCIDR":"10.1.0.0/24"},"status":{"capacity":{"cpu":"4"}}}"#, .nodes)
        strategy.prepareForCreate(&new, dualStack)
        strategy.prepareForCreate(&new, dualStack)
        #expect(new["spec"]?.strings("podCIDRs") == ["10.1.0.0/24"])
        #expect(new["spec"]?.items("taints").count == 1)
        #expect(new["status"]?["allocatable"] == ["cpu": "4"])
        #expect(new["status"]?["nodeInfo"]?["architecture"] == "")
        #expect(strategy.selectableField("spec.unschedulable", of: new) == "false")
    }

    @Test(
        arguments: [
            (#"{"metadata":{"name":"A"}}"#, ["Invalid metadata.name"]),
            (#"{"spec":{"podCIDRs":["10.1.0.0/24","10.2.0.0/24"]}}"#, ["Invalid spec.podCIDRs"]),
            (#"{"spec":{"podCIDRs":["x"]}}"#, ["Invalid spec.podCIDRs[0]"]),
            (#"{"spec":{"podCIDRs":["10.1.0.0/24","fd00::/64"]}}"#, []),
            (
                #"{"spec":{"taints":[{"key":"a b","value":"-","effect":"Never"},{"key":"c"},{"key":"d","effect":"NoExecute"},{"key":"d","effect":"NoExecute"}]}}"#,
                [
                    "Invalid metadata.taints[0].key", "Invalid metadata.taints[0].value",
                    "NotSupported metadata.taints[0].effect", "Required metadata.taints[1].effect",
                    "Duplicate metadata.taints[3]",
                ]
            ),
            (
                #"{"status":{"capacity":{"cpu":"-1"}}}"#,
                ["Invalid status.capacity.cpu", "Invalid status.allocatable.cpu"]
            ),
        ] as [(String, [String])])
    func refusedNodes(text: String, expected: [String]) throws { #expect(try causes(text, .nodes) == expected) }

    @Test func nodeRangesAndProviderStay() throws {
        let old = try decoded(#"{"spec":{"podCIDRs":["10.1.0.0/24"],"providerID":"a"}}"#, .nodes)
        let new = try decoded(#"{"spec":{"podCIDRs":["10.2.0.0/24"],"providerID":"b"}}"#, .nodes)
        #expect(
            brief(NodeStrategy().validateUpdate(new, old: old, dualStack)) == [
                "Forbidden spec.podCIDRs", "Forbidden spec.providerID",
            ])
        let bare = try decoded("{}", .nodes)
        #expect(brief(NodeStrategy().validateUpdate(new, old: bare, dualStack)) == [])
    }

    @Test func nodeTable() throws {
        let node = try decoded(
            #"{"metadata":{"name":"n","labels":{"node-role.kubernetes.io/worker":"","kubernetes.io/role":"edge"}},"spec":{"unschedulable":true},"status":{"conditions":[{"type":"Ready","status":"False"}],"addresses":[{"type":"ExternalIP","address":"1.2.3.4"}],"nodeInfo":{"kubeletVersion":"v1.36.2","osImage":"Debian"}}}"#,
            .nodes)
        #expect(
            TableDefinition.nodes.cells(node, Timestamp(microseconds: 0)) == [
                "n", "NotReady,SchedulingDisabled", "edge,worker", "<unknown>", "v1.36.2", "<none>", "1.2.3.4",
                "Debian", "<unknown>", "<unknown>",
            ])
    }

    @Test func leases() throws {
        let lease = try decoded(
            #"{"spec":{"leaseDurationSeconds":0,"leaseTransitions":-1,"renewTime":"2026-01-01T00:00:00Z"}}"#, .leases)
        #expect(
            brief(LeaseStrategy().validateCreate(lease, dualStack)) == [
                "Invalid spec.leaseDurationSeconds", "Invalid spec.leaseTransitions",
            ])
        #expect(lease["spec"]?.text("renewTime") == "2026-01-01T00:00:00.000000Z")
        let fine = try decoded(#"{"spec":{"holderIdentity":"me"}}"#, .leases)
        #expect(LeaseStrategy().validateCreate(fine, dualStack).isEmpty)
        #expect(TableDefinition.leases.cells(fine, Timestamp(microseconds: 0)) == ["x", "me", "<unknown>"])
    }

    @Test(
        arguments: [
            (#"{}"#, ["Required spec.cidrs"]),
            (#"{"spec":{"cidrs":["10.0.0.0/24","fd00::/64","10.1.0.0/24"]}}"#, ["Invalid spec.cidrs"]),
            (#"{"spec":{"cidrs":["10.0.0.0/24","10.1.0.0/24"]}}"#, ["Invalid spec.cidrs"]),
            (#"{"spec":{"cidrs":["10.0.0.1/24"]}}"#, ["Invalid spec.cidrs[0]"]),
            (#"{"spec":{"cidrs":["FD00::/64"]}}"#, ["Invalid spec.cidrs[0]"]),
            (#"{"spec":{"cidrs":["10.0.0.0/24","fd00::/64"]}}"#, []),
        ] as [(String, [String])])
    func refusedServiceCIDRs(text: String, expected: [String]) throws {
        #expect(try causes(text, .serviceCIDRs) == expected)
    }

    @Test(
        arguments: [
            (["10.0.0.0/24"], []), (["10.0.0.0/24", "fd00::/64"], []), (["10.1.0.0/24"], ["Invalid spec.cidrs[0]"]),
            (["10.1.0.0/24", "fd00::/64"], ["Invalid spec.cidrs[0]"]),
        ] as [([String], [String])])
    func serviceCIDRsOnlyGrow(ranges: [String], expected: [String]) throws {
        let old = try decoded(#"{"spec":{"cidrs":["10.0.0.0/24"]}}"#, .serviceCIDRs)
        var new = old
        new[path: "spec", "cidrs"] = .array(ranges.map { .string($0) })
        #expect(brief(ServiceCIDRStrategy().validateUpdate(new, old: old, dualStack)) == expected)
    }
}
