package import JSONStream
package import KubeAPI

extension LabelSelector {
    /// From a field of an object: a LabelSelector of meta/v1, or plain labels. Nil if it is missing, and matches nothing
    /// then, or if it has an operator that there is not.
    package init?(ofObject selector: JSONValue?) {
        guard case .object(let members)? = selector else { return nil }
        guard members["matchLabels"]?.objectValue != nil || members["matchExpressions"]?.arrayValue != nil else {
            self.init(matchLabels: members.reduce(into: [:]) { $0[$1.key] = $1.value.stringValue })
            return
        }
        var requirements: [Requirement] = []
        for expression in members["matchExpressions"]?.arrayValue ?? [] {
            guard let known = Requirement.Operator(rawValue: expression.text("operator")), known != .greaterThan,
                known != .lessThan
            else { return nil }
            requirements.append(Requirement(expression.text("key"), known, expression.strings("values")))
        }
        self.init(matchLabels: Self.labels(members["matchLabels"]), matchExpressions: requirements)
    }

    package static func labels(_ labels: JSONValue?) -> [String: String] {
        var found: [String: String] = [:]
        for (key, value) in labels?.objectValue ?? [:] { found[key] = value.stringValue ?? "" }
        return found
    }

    /// As a query has it, in the order of the keys.
    package var query: String {
        let texts =
            matchLabels.map { (key: $0.key, text: "\($0.key)=\($0.value)") }
            + matchExpressions.map { (key: $0.key, text: $0.query) }
        return texts.sorted { ($0.key, $0.text) < ($1.key, $1.text) }.map(\.text).joined(separator: ",")
    }
}

extension LabelSelector.Requirement {
    fileprivate var query: String {
        let all = Set(values).sorted()
        let list = all.joined(separator: ",")
        return switch `operator` {
        case .isIn: all.count == 1 ? "\(key)=\(list)" : "\(key) in (\(list))"
        case .notIn: "\(key) notin (\(list))"
        case .exists: key
        case .doesNotExist: "!\(key)"
        case .greaterThan: "\(key)>\(list)"
        case .lessThan: "\(key)<\(list)"
        }
    }
}
