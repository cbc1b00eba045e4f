import JSONStream
import Testing

@testable import APIObjects
@testable import APIServer

@Suite struct RepresentationTests {
    private static let json = "application/json"
    private static let yaml = "application/yaml"
    private static let table = "application/json;as=Table;g=meta.k8s.io"

    private static let accepted: [(accept: String, wanted: Representation?)] = [
        ("", .json), ("*/*", .json), ("application/*", .json), ("text/*", nil),
        ("application/yaml;q=0.5, application/json;q=0.9", .json),
        ("application/json;q=0.5, application/yaml", Representation(shape: .object, mediaType: yaml)),
        ("*/*, application/yaml", Representation(shape: .object, mediaType: yaml)),
        ("\(table);v=v1", Representation(shape: .table, mediaType: json)),
        ("\(table);v=v1beta1", Representation(shape: .table, mediaType: json, metaVersion: "v1beta1")),
        ("\(table);v=v2", nil), ("application/json;as=Table;v=v1", nil), ("application/json;as=List;v=v1", nil),
        ("\(table);v=v2, application/json", .json),
        ("application/vnd.kubernetes.protobuf;as=Table;g=meta.k8s.io;v=v1", nil),
        (
            "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1",
            Representation(shape: .partialMetadataList, mediaType: json)
        ),
    ]

    @Test(arguments: accepted) func theMostWantedThatThereIs(accept: String, wanted: Representation?) {
        #expect(Representation.negotiate(accept) == wanted)
    }

    @Test func whatIsNotTransformedPassesTablesOver() {
        #expect(Representation.negotiateWhole("\(Self.table);v=v1, \(Self.yaml)")?.mediaType == Self.yaml)
        #expect(Representation.negotiateWhole("\(Self.table);v=v1") == nil)
    }

    @Test func shapesAndObjectsMustAgree() async throws {
        try await TestServer.with { (server: TestServer) async throws -> Void in
            func answer(_ path: String, _ shape: String, _ version: String = "v1") async throws -> TestServer.Answer {
                try await server.send("GET", path, accept: "application/json;as=\(shape);g=meta.k8s.io;v=\(version)")
            }
            let list = "/api/v1/namespaces"
            let one = list + "/default"
            #expect(try await answer(list, "PartialObjectMetadata").status == 406)
            #expect(try await answer(one, "PartialObjectMetadataList").status == 406)
            #expect(
                try await answer(list, "PartialObjectMetadataList").json.text("kind") == "PartialObjectMetadataList")
            #expect(try await answer(list + "?includeObject=All", "Table").status == 400)
            let old = try await answer(one, "Table", "v1beta1").json
            #expect(old.text("apiVersion") == "meta.k8s.io/v1beta1")
            #expect(old.items("rows").first?["object"]?.text("apiVersion") == "meta.k8s.io/v1beta1")
        }
    }
}
