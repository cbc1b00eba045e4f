import JSONStream
import TestSupport
import Testing
import YAMLStream

@testable import KubeSchema

/// Objects of every type that the facts have, in each form that they are sent in.
@Suite struct RoundTripTests {
    @Test(arguments: KubeSchema.typeNames)
    func everyType(name: String) throws {
        let schema = KubeSchema[name]
        var values = RandomValues(random: SeededGenerator(seed: name.utf8.reduce(11) { $0 &* 31 &+ UInt64($1) }))
        for _ in 0..<10 {
            let object = try read(values.object(schema, depth: 6), schema)
            let bytes = object.serialized()
            #expect(try read(JSONValue(parsing: bytes), schema) == object)
            #expect(try read(YAMLDocument(parsing: bytes).value, schema) == object)
            #expect(StrictFields.find(in: bytes, schema).isEmpty)
            let message = ProtobufMessageEncoder.encode(object, as: schema.message)
            let decoded = try ProtobufMessageDecoder.decode(message[...], as: schema.message)
            let back = try read(.object(decoded), schema)
            #expect(back == object, "\(String(decoding: bytes, as: UTF8.self))")
        }
    }

    private func read(_ value: JSONValue, _ schema: StructSchema) throws -> JSONValue {
        var reader = SchemaReader()
        let read = try reader.read(value, as: schema)
        #expect(reader.unknownFields.isEmpty)
        return read
    }

    @Test func envelopes() throws {
        for resource in KubeSchema.resources where resource.isStable && resource.subresource.isEmpty {
            let kind = GroupVersionKind(resource.group, resource.version, resource.kind)
            let type = KubeSchema.type(of: kind)
            #expect(!type.fields.isEmpty, "\(kind)")
            let object: JSONValue = ["kind": .string(kind.kind), "apiVersion": .string(kind.apiVersion)]
            let encoded = try #require(ProtobufEnvelope.encode(object), "\(kind)")
            #expect(try ProtobufEnvelope(encoded).object(as: type.message) == object)
            let list: JSONValue = ["kind": .string("\(kind.kind)List"), "apiVersion": .string(kind.apiVersion)]
            #expect(ProtobufEnvelope.encode(list) != nil, "\(kind)")
        }
    }
}
