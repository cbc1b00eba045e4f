import JSONStream
import Testing

@testable import Controllers

@Suite struct PodTemplateTests {
    @Test func theHashDependsOnContentAlone() {
        let first = PodTemplate(["metadata": ["labels": ["a": "1", "b": "2"]], "spec": ["x": 1, "y": .null]])
        let second = PodTemplate(["spec": ["x": 1], "metadata": ["labels": ["b": "2", "a": "1"]]])
        #expect(first.hash(collisions: nil) == second.hash(collisions: nil))
        #expect(first.hash(collisions: 1) == second.hash(collisions: 1))
        #expect(Set([nil, 1, 2, 3].map { first.hash(collisions: $0) }).count == 4)
        #expect(first.makesSamePods(as: second))
        #expect(first.hash(collisions: nil).allSatisfy { "bcdfghjklmnpqrstvwxz2456789".contains($0) })
    }

    @Test func theHashLabelDoesNotCount() {
        let plain = PodTemplate(["metadata": ["labels": ["a": "1"]], "spec": [:]])
        #expect(plain.labeled("xyz").labels == ["a": "1", "pod-template-hash": "xyz"])
        #expect(plain.labeled("xyz").makesSamePods(as: plain))
        #expect(!plain.makesSamePods(as: PodTemplate(["metadata": ["labels": ["a": "2"]], "spec": [:]])))
    }

    @Test func manyTemplatesHaveManyHashes() {
        let hashes = (0..<500).map { number in
            PodTemplate(Objects.template("image:\(number)")).hash(collisions: nil)
        }
        #expect(Set(hashes).count == 500)
    }
}
