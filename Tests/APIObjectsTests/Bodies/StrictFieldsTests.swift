import JSONStream
import Testing

@testable import APIObjects
@testable import APIResources
@testable import KubeSchema

@Suite struct StrictFieldsTests {
    private func find(_ text: String) -> [String] {
        StrictFields.find(in: Array(text.utf8), KubeSchema["core.v1.Service"])
    }

    @Test("Unknown and repeated fields come in the order of the document, each once")
    func order() {
        #expect(
            find(
                #"{"spec":{"a":1,"type":"X","type":"Y","b":{"c":1,"c":2},"ports":[{},{"port":1,"x":1,"port":2}]},"a":1,"spec":{"a":1}}"#
            ) == [
                #"unknown field "spec.a""#, #"duplicate field "spec.type""#, #"unknown field "spec.b""#,
                #"unknown field "spec.ports[1].x""#, #"duplicate field "spec.ports[1].port""#, #"unknown field "a""#,
                #"duplicate field "spec""#,
            ])
        #expect(
            find(#"{"metadata":{"labels":{"x":"1","x":"2"}}}"#) == [#"duplicate field "metadata.labels.x""#])
        #expect(
            StrictFields.find(in: Array(#"[{"op":"a","op":"b"}]"#.utf8), nil) == [#"duplicate field "[0].op""#])
    }

    @Test("There is an end to them, and to each of them")
    func limits() {
        let many = (0..<1000).map { "\"f\($0)\":1" }.joined(separator: ",")
        #expect(find("{\(many)}").count == 100)
        let long = String(repeating: "n", count: 100_000)
        #expect(find("{\"\(long)\":1,\"spec\":1,\"spec\":2}").allSatisfy { $0.utf8.count < 1100 })
    }

    @Test func yamlIsSortedAndItsRepeatedKeysComeFirst() throws {
        let decoder = BodyDecoder(definition: .services, validation: .warn)
        let text = "spec:\n  zeta: 1\n  alpha: 1\n  type: ClusterIP\n  type: NodePort\n"
        let outcome = try decoder.decode(Array(text.utf8), contentType: "application/yaml")
        #expect(
            outcome.warnings == [
                "yaml: unmarshal errors:\n  line 5: key \"type\" already set in map", #"unknown field "spec.alpha""#,
                #"unknown field "spec.zeta""#,
            ])
        #expect(outcome.object["spec"]?.text("type") == "NodePort")
    }
}
