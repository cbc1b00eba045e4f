import APITesting
import JSONStream
import KubeAPI
import NetworkAddress
import TestSupport
import Testing

import struct KubeAPI.Timestamp

@testable import APIObjects
@testable import APIPods
@testable import APIResources
@testable import APIServer
@testable import KubeSchema

/// Objects of every kind with values where their schemas have fields: what strategies make of them must not crash, and
/// the forms that they are sent in must agree.
@Suite struct SchemaFuzzTests {
    private static let texts = [
        "", "a", "a-b", "A", "x.y/z", "Always", "Never", "None", "1", "50%", "-1", "TCP", "RollingUpdate", "10.0.0.1",
        "fd00::1", "..", "/a", "../b", "In", "Exists", "Equal", "NoExecute", "metadata.name", "metadata.labels['a']",
        "limits.cpu", "Localhost", "kubernetes.io/tls", "nginx:1", "\u{0}é", "iqn.2001-04.com.x:y", "d\\u",
    ]
    private static let quantities = ["0", "1", "500m", "1Gi", "-1", "1.5", "1e3", "3u", "999999999999999999E"]
    private static let numbers: [Int64] = [0, 1, -1, 80, 600, 70000, Int64(Int32.max), Int64(Int32.min)]

    private func object(_ schema: StructSchema, _ depth: Int, _ random: inout SeededGenerator) -> JSONValue {
        var object: JSONValue = [:]
        // Few members of large types, or nothing below them would ever be reached.
        let chance = max(1, schema.fields.count / 5)
        for field in schema.fields where field.isRequired || random.oneIn(chance) {
            object[field.name] = value(field.type, depth - 1, &random)
        }
        return object
    }

    private func value(_ type: SchemaType, _ depth: Int, _ random: inout SeededGenerator) -> JSONValue {
        switch type {
        case .string: return .string(Self.texts.randomElement(using: &random) ?? "")
        case .bytes: return ["", "eA==", "e30="].randomElement(using: &random) ?? ""
        case .bool: return .bool(Bool.random(using: &random))
        case .int32: return .integer(Self.numbers.randomElement(using: &random) ?? 0)
        case .int64:
            return random.oneIn(20) ? .integer(.max) : .integer(Self.numbers.randomElement(using: &random) ?? 0)
        case .intOrString: return value(Bool.random(using: &random) ? .int32 : .string, depth, &random)
        case .quantity: return .string(Self.quantities.randomElement(using: &random) ?? "0")
        case .time: return "2026-01-01T00:00:00Z"
        case .microTime: return "2026-01-01T00:00:00.000001Z"
        case .any: return ["x": 1]
        case .double: return 1
        case .stringList: return ["a"]
        case .either(_, let schema): return depth > 0 ? object(schema, depth, &random) : [:]
        case .object(let schema): return depth > 0 ? object(schema, depth, &random) : [:]
        case .map(let element):
            var members: JSONValue = [:]
            for key in ["a", "cpu", "memory", "x/y", "-"] where random.oneIn(3) {
                members[key] = value(element, depth - 1, &random)
            }
            return members == [:] ? ["a": value(element, depth - 1, &random)] : members
        case .array(let element):
            let count = depth > 0 ? Int.random(in: 0...2, using: &random) : 0
            return .array((0..<count).map { _ in value(element, depth - 1, &random) })
        }
    }

    private func decoded(_ definition: ResourceDefinition, _ random: inout SeededGenerator) throws -> JSONValue {
        var object = object(definition.schema, 9, &random)
        object["metadata"] = ["name": "a", "labels": ["a": "b"], "generation": 1, "resourceVersion": "1"]
        if definition.isNamespaced { object[path: "metadata", "namespace"] = "t" }
        return try BodyDecoder(definition: definition, validation: .ignore).structured(object).object
    }

    private let context = AdmissionContext(ipFamilies: ["IPv4", "IPv6"])

    @Test(arguments: ResourceRegistry.standard.definitions.map(\.qualifiedPlural))
    func strategies(plural: String) throws {
        let definition = try #require(
            ResourceRegistry.standard.definitions.first { $0.qualifiedPlural == plural })
        var random = SeededGenerator(seed: plural.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) })
        let strategy = definition.strategy
        for _ in 0..<40 {
            guard var old = try? decoded(definition, &random), var new = try? decoded(definition, &random) else {
                continue
            }
            // What was defaulted once stays as it is.
            let again = try BodyDecoder(definition: definition, validation: .strict).structured(old).object
            #expect(again.agrees(with: old), "\(old.written)")
            try? strategy.admit(&old, old: nil, context)
            strategy.prepareForCreate(&old, context)
            _ = strategy.validateCreate(old, context)
            try? strategy.admit(&new, old: old, context)
            for part in definition.subresources {
                var changed = new
                if part.name == "status" {
                    strategy.prepareForStatusUpdate(&changed, old: old)
                    _ = strategy.validateStatusUpdate(changed, old: old)
                } else {
                    strategy.prepareForUpdate(&changed, old: old, part: part.name)
                    _ = strategy.validateUpdate(changed, old: old, part: part.name)
                }
            }
            strategy.prepareForUpdate(&new, old: old, context)
            _ = strategy.validateUpdate(new, old: old, context) + strategy.validateUpdate(old, old: old, context)
            _ = strategy.warnings(new, old: old) + strategy.warnings(new, old: nil)
            _ = strategy.generationSource(new)
            _ = DeletionStep(old, definition, DeleteOptions(), now: .now())
            for field in strategy.selectableFields { _ = strategy.selectableField(field, of: new) }
            #expect(strategy.table.cells(new, .now()).count == strategy.table.columns.count)
        }
    }

    /// What was sent as protobuf is read as the same object.
    @Test(
        arguments: ResourceRegistry.standard.definitions
            .map(\.qualifiedPlural))
    func protobuf(plural: String) throws {
        let definition = try #require(
            ResourceRegistry.standard.definitions.first { $0.qualifiedPlural == plural })
        let message = definition.schema.message
        var random = SeededGenerator(seed: 5)
        let decoder = BodyDecoder(definition: definition, validation: .strict)
        var compared = 0
        for _ in 0..<30 {
            guard let object = try? decoded(definition, &random) else { continue }
            let bytes = ProtobufMessageEncoder.encode(object, as: message)
            let back = try ProtobufMessageDecoder.decode(bytes[...], as: message)
            let read = try decoder.structured(.object(back)).object
            #expect(
                read.prunedOfEmpty.agrees(with: object.prunedOfEmpty), "\(object.written)\n\(read.written)")
            compared += 1
        }
        #expect(compared > 15)
    }
}
