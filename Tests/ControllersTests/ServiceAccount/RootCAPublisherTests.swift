import KubeAPI
import Testing

@testable import Controllers

@Suite struct RootCAPublisherTests {
    @Test func theMapIsMadeAndPutRight() throws {
        let made = try #require(RootCAPublisher.wanted("PEM", over: nil, in: "ns"))
        #expect(made.metadata.key == ObjectKey(namespace: "ns", name: "kube-root-ca.crt"))
        #expect(made.data == ["ca.crt": "PEM"])
        #expect(RootCAPublisher.wanted("PEM", over: made, in: "ns") == nil)
        var changed = made
        changed.data = ["ca.crt": "other", "more": "x"]
        changed.metadata.annotations = ["a": "b"]
        changed.metadata.resourceVersion = "7"
        let mended = try #require(RootCAPublisher.wanted("PEM", over: changed, in: "ns"))
        #expect(mended.data == ["ca.crt": "PEM"] && mended.metadata.resourceVersion == "7")
        #expect(mended.metadata.annotations.keys.sorted() == ["a", "kubernetes.io/description"])
    }
}
