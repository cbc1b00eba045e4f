import KubeAPI
import TestSupport
import Testing

@testable import Controllers

@Suite struct PodRankingTests {
    private static let now = Objects.start + .seconds(100_000)

    private static func running(
        _ name: String, since age: Int64 = 1000, _ change: (inout Pod) -> Void = { _ in }
    ) -> Pod {
        var pod = Objects.pod(name, at: now + .seconds(-age))
        pod.run(ready: true, since: now + .seconds(-age))
        change(&pod)
        return pod
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var rule: String
        var first: Pod
        var second: Pod
        var related: [Pod] = []
        var testDescription: String { rule }
    }

    static let cases: [Case] = [
        Case(rule: "unassigned", first: running("b") { $0.spec.nodeName = "" }, second: running("a")),
        Case(rule: "pending", first: running("b") { $0.status.phase = "Pending" }, second: running("a")),
        Case(
            rule: "unknown is between", first: running("b") { $0.status.phase = "Unknown" }, second: running("a")),
        Case(
            rule: "not ready", first: running("b") { $0.run(ready: false, since: now + .seconds(-1000)) },
            second: running("a")),
        Case(
            rule: "cheaper", first: running("b") { $0.metadata.annotations[PodRanking.deletionCost] = "-1" },
            second: running("a")),
        Case(
            rule: "a cost that is no number is none",
            first: running("b") { $0.metadata.annotations[PodRanking.deletionCost] = "x" },
            second: running("a") { $0.metadata.annotations[PodRanking.deletionCost] = "1" }),
        Case(
            rule: "doubled up", first: running("b"), second: running("a") { $0.spec.nodeName = "other" },
            related: [running("c"), running("d")]),
        Case(rule: "ready for a shorter time", first: running("b", since: 10), second: running("a", since: 1000)),
        Case(rule: "more restarts", first: running("b") { $0.status.mostRestarts = 3 }, second: running("a")),
        Case(
            rule: "newer",
            first: running("b") { $0.metadata.creationTimestamp = (now + .seconds(-1000)).text() },
            second: running("a") { $0.metadata.creationTimestamp = (now + .seconds(-9000)).text() }),
        Case(rule: "about as old: by uid", first: running("a", since: 1001), second: running("b", since: 1000)),
    ]

    @Test(arguments: cases) func goesFirst(_ test: Case) {
        let ranking = PodRanking(related: test.related, now: Self.now)
        for pods in [[test.first, test.second], [test.second, test.first]] {
            #expect(ranking.first(1, of: pods).map(\.metadata.name) == [test.first.metadata.name])
        }
    }

    @Test func earlierRulesCountMore() {
        var generator = SeededGenerator(seed: 3)
        let pods = (0..<40).map { number in
            Self.running("p\(number)", since: Int64.random(in: 1...5000, using: &generator)) { pod in
                if generator.oneIn(3) { pod.run(ready: false, since: Self.now) }
                if generator.oneIn(4) { pod.spec.nodeName = "" }
            }
        }
        let order = PodRanking(related: [], now: Self.now).first(39, of: pods)
        let weights = order.map { ($0.spec.nodeName.isEmpty ? 0 : 2) + ($0.isReady ? 1 : 0) }
        #expect(weights == weights.sorted())
    }
}
