import KubeAPI
import Testing

@testable import Controllers

@Suite struct NamespaceContentTests {
    private static let now = Timestamp(microseconds: 0)

    private static func object(_ finalizers: [String] = [], grace: Int64? = nil) -> ObjectMeta {
        var metadata = ObjectMeta(name: "a", namespace: "ns")
        metadata.finalizers = finalizers
        metadata.deletionGracePeriodSeconds = grace
        return metadata
    }

    @Test func anEmptyNamespaceHasOnlyGoodConditions() {
        let conditions = NamespaceContent().conditions(over: [], at: Self.now)
        #expect(
            conditions.map(\.type) == [
                "NamespaceDeletionDiscoveryFailure", "NamespaceDeletionGroupVersionParsingFailure",
                "NamespaceDeletionContentFailure", "NamespaceContentRemaining", "NamespaceFinalizersRemaining",
            ])
        #expect(conditions.allSatisfy { $0.status == "False" && $0.lastTransitionTime == "1970-01-01T00:00:00Z" })
    }

    @Test func whatIsLeftIsNamed() {
        var content = NamespaceContent()
        #expect(content.isEmpty)
        content.add([], of: "secrets.")
        content.add([Self.object(grace: 30), Self.object()], of: "pods.")
        #expect(content.estimate == 30)
        content.add([Self.object(["a/b", "c/d"], grace: 100), Self.object(["a/b"])], of: "deployments.apps")
        #expect(!content.isEmpty && content.estimate == 30)
        let messages = Dictionary(
            uniqueKeysWithValues: content.conditions(over: [], at: Self.now).filter(\.isTrue)
                .map { ($0.reason, $0.message) })
        #expect(
            messages == [
                "SomeResourcesRemain":
                    "Some resources are remaining: deployments.apps has 2 resource instances, pods. has 2 resource instances",
                "SomeFinalizersRemain":
                    "Some content in the namespace has finalizers remaining: a/b in 2 resource instances, c/d in 1 resource instances",
            ])
    }

    @Test func problemsAreTold() {
        var content = NamespaceContent()
        content.discoveryProblem = "no answer"
        content.deletionProblems = ["b", "a"]
        #expect(!content.isEmpty)
        let conditions = content.conditions(over: [], at: Self.now).filter(\.isTrue)
        #expect(conditions.map(\.reason) == ["DiscoveryFailed", "ContentDeletionFailed"])
        #expect(conditions.last?.message == "Failed to delete all resource types, 2 remaining: a, b")
    }

    @Test func onlyAChangedStatusMovesItsTime() {
        var content = NamespaceContent()
        content.add([Self.object()], of: "pods.")
        let custom = Condition("example.com/Mine", "True")
        let first = content.conditions(over: [custom], at: Self.now)
        #expect(first.first == custom && first.count == 6)
        content.add([Self.object()], of: "pods.")
        let later = Timestamp(microseconds: 60_000_000)
        let second = content.conditions(over: first, at: later)
        #expect(second.allSatisfy { $0.lastTransitionTime != later.text() })
        #expect(second.first { $0.type == "NamespaceContentRemaining" }?.message.contains("has 2") == true)
        let done = NamespaceContent().conditions(over: second, at: later)
        #expect(done.filter { $0.lastTransitionTime == later.text() }.map(\.type) == ["NamespaceContentRemaining"])
    }
}
