import JSONStream
import KubeAPI
import Testing

@testable import KubeClient

@Suite struct DiscoveryTests {
    @Test func groupsAreRead() throws {
        let group = try JSONValue(
            parsing: Array(
                """
                {"metadata": {"name": "autoscaling"}, "versions": [
                  {"version": "v2", "resources": [
                    {"resource": "scalers", "scope": "Namespaced", "verbs": ["list", "watch"],
                     "responseKind": {"group": "autoscaling", "version": "v2", "kind": "Scaler"},
                     "subresources": [{"subresource": "status", "verbs": ["get"]}]},
                    {"resource": "broken", "verbs": []}]},
                  {"version": "v1", "resources": [
                    {"resource": "scalers", "scope": "Namespaced", "verbs": ["list"], "responseKind": {"kind": "Scaler"}},
                    {"resource": "olds", "scope": "Cluster", "verbs": ["get"], "responseKind": {"kind": "Old"}}]}]}
                """.utf8))
        let resources = KubeClient.resources(ofGroup: group)
        #expect(resources.map(\.apiVersion) == ["autoscaling/v2", "autoscaling/v1", "autoscaling/v1"])
        #expect(resources.map(\.kind) == ["Scaler", "Scaler", "Old"])
        #expect(resources.map(\.isPreferred) == [true, false, true])
        #expect(resources.map(\.isNamespaced) == [true, true, false])
        #expect(resources.first?.verbs == ["list", "watch"])
        #expect(resources.first?.subresources == ["status"])
        #expect(resources.first?.path(namespace: "n", name: "x") == "/apis/autoscaling/v2/namespaces/n/scalers/x")
        #expect(resources.last?.path(namespace: "n", name: "x") == "/apis/autoscaling/v1/olds/x")
        #expect(resources.last?.collectionPath == "/apis/autoscaling/v1/olds")
    }

    @Test func theCoreGroupHasNoName() {
        let group: JSONValue = [
            "metadata": [:],
            "versions": [
                [
                    "version": "v1",
                    "resources": [["resource": "pods", "scope": "Namespaced", "responseKind": ["kind": "Pod"]]],
                ]
            ],
        ]
        let resources = KubeClient.resources(ofGroup: group)
        #expect(resources.map(\.apiVersion) == ["v1"])
        #expect(resources.map(\.collectionPath) == ["/api/v1/pods"])
        #expect(resources.map(\.group) == [""])
    }

    @Test func deletionsSayWhatTheyWant() throws {
        #expect(DeleteOptions().body == nil)
        let body = try #require(
            DeleteOptions(propagationPolicy: .foreground, gracePeriod: 0, uid: "u", resourceVersion: "7").body)
        let wanted: JSONValue = [
            "kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Foreground", "gracePeriodSeconds": 0,
            "preconditions": ["resourceVersion": "7", "uid": "u"],
        ]
        #expect(try JSONValue(parsing: body) == wanted)
    }
}
