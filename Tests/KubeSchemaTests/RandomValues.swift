import JSONStream
import TestSupport

@testable import KubeSchema

/// Values that fit a type, as they are after reading: nothing that is left out or changes its form.
struct RandomValues {
    var random: SeededGenerator

    private static let texts = ["a", "x.y/z", "é", "1Gi", "{}", "~", "- a: b", "0x10", "true", "with \"quotes\"\n"]

    /// Without kind and apiVersion, which protobuf has in the envelope.
    mutating func object(_ schema: StructSchema, depth: Int) -> JSONValue {
        var object: JSONValue.Object = [:]
        let chance = max(1, schema.fields.count / 5)
        for field in schema.fields
        where field.number != nil && depth > 0 && (field.isRequired || random.oneIn(chance)) {
            object[field.name] = value(field.type, depth: depth - 1)
        }
        return .object(object)
    }

    mutating func value(_ type: SchemaType, depth: Int) -> JSONValue {
        switch type {
        case .string: .string(Self.texts.randomElement(using: &random) ?? "a")
        case .bytes: ["eA==", "e30=", "AP8="].randomElement(using: &random) ?? "eA=="
        case .bool: .bool(Bool.random(using: &random))
        case .int32: .integer(Int64(Int32.random(in: .min ... .max, using: &random)))
        case .int64: .integer(Int64.random(in: .min ... .max, using: &random))
        case .double: .double(Double(Int32.random(in: .min ... .max, using: &random)) + 0.5)
        case .intOrString: value(Bool.random(using: &random) ? .int32 : .string, depth: depth)
        case .quantity: ["1", "500m", "1Gi", "-3"].randomElement(using: &random) ?? "1"
        case .time: "2026-01-01T00:00:00Z"
        case .microTime: "2026-01-01T00:00:00.000001Z"
        case .any: ["x": 1, "y": ["a", nil, true]]
        case .stringList: ["a", "b"]
        case .object(let schema): object(schema, depth: depth)
        case .either(let alternative, let schema): either(alternative, schema, depth: depth)
        case .map(let element): ["a": value(element, depth: depth - 1), "x/y": value(element, depth: depth - 1)]
        case .array(let element): .array([value(element, depth: depth - 1), value(element, depth: depth - 1)])
        }
    }

    private mutating func either(_ alternative: SchemaType.Alternative, _ schema: StructSchema, depth: Int) -> JSONValue
    {
        guard random.oneIn(2) else { return object(schema, depth: depth) }
        return switch alternative {
        case .bool: .bool(Bool.random(using: &random))
        case .list: .array([object(schema, depth: depth - 1)])
        case .strings: ["a", "b"]
        }
    }
}
