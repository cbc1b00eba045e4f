import JSONStream

/// What a value must be like beside its type. The parts of `allOf`, `anyOf`, `oneOf` and `not` are such rules, too.
final class ValueRules: Sendable {
    let allowed: [JSONValue]
    let minimum: Double?
    let maximum: Double?
    let isMinimumExclusive: Bool
    let isMaximumExclusive: Bool
    let multipleOf: Double?
    let minLength: Int64?
    let maxLength: Int64?
    let minItems: Int64?
    let maxItems: Int64?
    let minProperties: Int64?
    let maxProperties: Int64?
    let hasUniqueItems: Bool
    let required: [String]
    let pattern: Pattern?
    let allOf: [StructuralSchema]
    let anyOf: [StructuralSchema]
    let oneOf: [StructuralSchema]
    let not: StructuralSchema?

    /// A regular expression with its text; one that cannot be read matches all.
    struct Pattern: Sendable {
        let text: String
        private let expression: RegularExpression?

        init(_ text: String) {
            self.text = text
            expression = try? RegularExpression(text)
        }

        /// What is wrong with a value; nil if nothing is.
        func problem(_ value: String) -> String? {
            guard let expression else { return nil }
            switch expression.isFound(in: value) {
            case true?: return nil
            case false?: return "should match '\(text)'"
            case nil: return "is too long to be matched with '\(text)'"
            }
        }
    }

    init(_ json: JSONValue, depth: Int) {
        func number(_ name: String) -> Double? {
            switch json[name] {
            case .integer(let number): Double(number)
            case .double(let number): number
            default: nil
            }
        }
        func count(_ name: String) -> Int64? { json[name]?.integerValue }
        func schemas(_ name: String) -> [StructuralSchema] {
            depth < StructuralSchema.deepest ? json.items(name).map { StructuralSchema($0, depth: depth + 1) } : []
        }
        allowed = json.items("enum")
        (minimum, maximum) = (number("minimum"), number("maximum"))
        isMinimumExclusive = json.flag("exclusiveMinimum")
        isMaximumExclusive = json.flag("exclusiveMaximum")
        multipleOf = number("multipleOf")
        (minLength, maxLength) = (count("minLength"), count("maxLength"))
        (minItems, maxItems) = (count("minItems"), count("maxItems"))
        (minProperties, maxProperties) = (count("minProperties"), count("maxProperties"))
        hasUniqueItems = json.flag("uniqueItems")
        required = json.strings("required")
        let text = json.text("pattern")
        pattern = text.isEmpty ? nil : Pattern(text)
        (allOf, anyOf, oneOf) = (schemas("allOf"), schemas("anyOf"), schemas("oneOf"))
        not = depth < StructuralSchema.deepest ? json["not"].map { StructuralSchema($0, depth: depth + 1) } : nil
    }
}
