public import JSONStream

/// Chooses objects by their labels (meta/v1 LabelSelector).
public struct LabelSelector: Hashable, Sendable {
    public struct Requirement: Hashable, Sendable {
        public enum Operator: String, Sendable {
            case isIn = "In"
            case notIn = "NotIn"
            case exists = "Exists"
            case doesNotExist = "DoesNotExist"
            /// Only in node selectors: the label's number is above, or below, the value.
            case greaterThan = "Gt"
            case lessThan = "Lt"
        }

        public let key: String
        public let `operator`: Operator
        public let values: [String]
        /// Of many values, which need not be gone through one by one; nil for few.
        private let manyValues: Set<String>?

        public init(_ key: String, _ operator: Operator, _ values: [String] = []) {
            self.key = key
            self.operator = `operator`
            self.values = values
            manyValues = values.count > 8 ? Set(values) : nil
        }

        /// Nil if the operator is unknown.
        init?(reading reader: inout JSONReader) throws {
            var key = ""
            var name = ""
            var values: [String] = []
            try reader.object { field, reader in
                switch field {
                case "key": key = try reader.stringIfPresent() ?? ""
                case "operator": name = try reader.stringIfPresent() ?? ""
                case "values": values = try reader.stringsIfPresent()
                default: try reader.skip()
                }
            }
            guard let known = Operator(rawValue: name) else { return nil }
            self.init(key, known, values)
        }

        private func has(_ value: String) -> Bool { manyValues?.contains(value) ?? values.contains(value) }

        public func matches(_ labels: [String: String]) -> Bool {
            let value = labels[key]
            switch `operator` {
            case .isIn: return value.map(has) ?? false
            case .notIn: return !(value.map(has) ?? false)
            case .exists: return value != nil
            case .doesNotExist: return value == nil
            case .greaterThan, .lessThan:
                guard let number = value.flatMap(Int64.init), let bound = values.first.flatMap(Int64.init),
                    values.count == 1
                else { return false }
                return `operator` == .greaterThan ? number > bound : number < bound
            }
        }
    }

    public var matchLabels: [String: String]
    public var matchExpressions: [Requirement]
    /// Something in it is not understood: it matches nothing, rather than too much.
    private var isUnknown = false

    public init(matchLabels: [String: String] = [:], matchExpressions: [Requirement] = []) {
        self.matchLabels = matchLabels
        self.matchExpressions = matchExpressions
    }

    public init(reading reader: inout JSONReader) throws {
        self.init()
        try reader.objectIfPresent { key, reader in
            switch key {
            case "matchLabels": matchLabels = try reader.stringMapIfPresent()
            case "matchExpressions":
                try reader.arrayIfPresent { reader in
                    if let requirement = try Requirement(reading: &reader) {
                        matchExpressions.append(requirement)
                    } else {
                        isUnknown = true
                    }
                }
            default: try reader.skip()
            }
        }
    }

    public var json: JSONValue {
        var value: JSONValue = [:]
        if !matchLabels.isEmpty { value["matchLabels"] = JSONValue(matchLabels) }
        if !matchExpressions.isEmpty {
            value["matchExpressions"] = .array(
                matchExpressions.map { requirement in
                    [
                        "key": .string(requirement.key), "operator": .string(requirement.operator.rawValue),
                        "values": .array(requirement.values.map { .string($0) }),
                    ]
                })
        }
        return value
    }

    public var isEmpty: Bool { matchLabels.isEmpty && matchExpressions.isEmpty && !isUnknown }

    /// An empty selector matches everything.
    public func matches(_ labels: [String: String]) -> Bool {
        !isUnknown && matchLabels.allSatisfy { labels[$0.key] == $0.value }
            && matchExpressions.allSatisfy { $0.matches(labels) }
    }
}
