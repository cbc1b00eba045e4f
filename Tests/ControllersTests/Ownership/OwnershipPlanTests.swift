import KubeAPI
import Testing

@testable import Controllers

@Suite struct OwnershipPlanTests {
    private struct Names: Equatable {
        var kept: [String]
        var adopted: [String]
        var released: [String]

        init(_ plan: OwnershipPlan<Pod>) {
            kept = plan.kept.map(\.metadata.name)
            adopted = plan.toAdopt.map(\.metadata.name)
            released = plan.toRelease.map(\.metadata.name)
        }

        init(_ kept: [String], _ adopted: [String], _ released: [String]) {
            (self.kept, self.adopted, self.released) = (kept, adopted, released)
        }
    }

    private static func candidates(_ set: ReplicaSet) -> [Pod] {
        var other = Objects.replicaSet("other", replicas: 1)
        other.template = set.template
        var strayed = Objects.pod("strayed", of: set)
        strayed.metadata.labels = [:]
        var dying = Objects.pod("dying")
        dying.metadata.deletionTimestamp = Objects.start.text()
        var stranger = Objects.pod("stranger")
        stranger.metadata.labels = [:]
        var elsewhere = Objects.pod("elsewhere")
        elsewhere.metadata.namespace = "other"
        return [
            Objects.pod("own", of: set), Objects.pod("foreign", of: other), Objects.pod("orphan"), strayed, dying,
            stranger, elsewhere,
        ]
    }

    @Test func adoptsAndReleases() {
        let set = Objects.replicaSet(replicas: 1)
        let plan = OwnershipPlan(owner: set.metadata, selector: set.selector, candidates: Self.candidates(set))
        #expect(Names(plan) == Names(["own"], ["orphan"], ["strayed"]))
    }

    @Test func anOwnerOnItsWayOutChangesNothing() {
        var set = Objects.replicaSet(replicas: 1)
        let candidates = Self.candidates(set)
        set.metadata.deletionTimestamp = Objects.start.text()
        let plan = OwnershipPlan(owner: set.metadata, selector: set.selector, candidates: candidates)
        #expect(Names(plan) == Names(["own"], [], []))
    }
}
