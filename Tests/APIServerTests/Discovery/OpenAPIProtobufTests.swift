import JSONStream
import Testing

@testable import APIResources
@testable import APIServer

@Suite struct OpenAPIProtobufTests {
    @Test(
        arguments: [
            ("", .json), ("*/*", .json), ("application/json", .json),
            ("application/com.github.proto-openapi.spec.v2@v1.0+protobuf", .protobuf),
            ("application/com.github.proto-openapi.spec.v2.v1.0+protobuf", .protobuf),
            ("application/json;q=0.5, application/com.github.proto-openapi.spec.v2@v1.0+protobuf; q=0.9", .protobuf),
            ("application/com.github.proto-openapi.spec.v2@v1.0+protobuf;q=0.1,application/json", .json),
            ("application/xml, application/json;q=0.1", .json), ("application/xml", nil),
            ("application/json;q=0", nil),
        ] as [(String, OpenAPIForm?)])
    func formFollowsAccept(accept: String, form: OpenAPIForm?) { #expect(OpenAPIForm.negotiate(accept) == form) }

    @Test func clientsGetWhatTheyAskFor() async throws {
        try await TestServer.with { server in
            let type = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"
            let binary = try await server.send("GET", "/openapi/v2", accept: type)
            #expect(binary.headers["content-type"] == OpenAPIForm.protobufMediaType)
            #expect(binary.bytes == OpenAPIProtobuf.document(OpenAPI(registry: .standard).version2))
            let json = try await server.send("GET", "/openapi/v2")
            #expect(json.json == OpenAPI(registry: .standard).version2)
            #expect(try await server.send("GET", "/openapi/v2", accept: "application/xml").status == 406)
        }
    }

    /// The protobuf form holds every definition, property and extension of the JSON form.
    @Test func protobufHoldsTheSame() throws {
        let json = OpenAPI(registry: .standard).version2
        let fields = try Self.fields(OpenAPIProtobuf.document(json)[...])
        #expect(fields.first { $0.number == 1 }.map { String(decoding: $0.content, as: UTF8.self) } == "2.0")
        let definitions = try Self.fields(try #require(fields.first { $0.number == 9 }).content)
        #expect(definitions.count == json["definitions"]?.objectValue?.count)
        for definition in definitions {
            let entry = try Self.fields(definition.content)
            let name = String(decoding: entry[0].content, as: UTF8.self)
            let expected = json["definitions"]?[name]
            let schema = try Self.fields(entry[1].content)
            let properties = try schema.first { $0.number == 25 }.map { try Self.fields($0.content) } ?? []
            #expect(properties.count == expected?["properties"]?.objectValue?.count ?? 0, "\(name)")
            let extensions = expected?.objectValue?.keys.filter { $0.hasPrefix("x-") }.count ?? 0
            #expect(schema.count { $0.number == 31 } == extensions, "\(name)")
        }
        let paths = try Self.fields(try #require(fields.first { $0.number == 8 }).content)
        #expect(paths.count == json["paths"]?.objectValue?.count)
    }

    private struct WireField {
        let number: Int
        let content: ArraySlice<UInt8>
    }

    private struct Truncated: Error {}

    private static func fields(_ bytes: ArraySlice<UInt8>) throws -> [WireField] {
        var rest = bytes
        func varint(_ rest: inout ArraySlice<UInt8>) throws -> Int {
            var (value, shift) = (0, 0)
            while let byte = rest.popFirst() {
                value |= Int(byte & 0x7F) << shift
                if byte < 0x80 { return value }
                shift += 7
            }
            throw Truncated()
        }
        var fields: [WireField] = []
        while !rest.isEmpty {
            let tag = try varint(&rest)
            if tag & 7 == 0 {
                fields.append(WireField(number: tag >> 3, content: []))
                _ = try varint(&rest)
                continue
            }
            let count = try varint(&rest)
            guard tag & 7 == 2, count <= rest.count else { throw Truncated() }
            fields.append(WireField(number: tag >> 3, content: rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        return fields
    }
}
