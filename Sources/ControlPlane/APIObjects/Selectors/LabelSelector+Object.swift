package import JSONStream

extension LabelSelector: CustomStringConvertible {
    /// From a field of an object: a LabelSelector of meta/v1, or plain labels. Nil if it is missing, and matches nothing
    /// then, or if it has an operator that there is not.
    package init?(ofObject selector: JSONValue?) {
        guard case .object(let members)? = selector else { return nil }
        requirements = []
        guard members["matchLabels"]?.objectValue != nil || members["matchExpressions"]?.arrayValue != nil else {
            for (key, value) in members {
                guard let text = value.stringValue else { continue }
                requirements.append(.isIn(key, [text]))
            }
            return
        }
        for (key, value) in members["matchLabels"]?.objectValue ?? [:] {
            requirements.append(.isIn(key, [value.stringValue ?? ""]))
        }
        for expression in members["matchExpressions"]?.arrayValue ?? [] {
            let key = expression.text("key")
            let values = Set(expression.strings("values"))
            switch expression.text("operator") {
            case "In": requirements.append(.isIn(key, values))
            case "NotIn": requirements.append(.isNotIn(key, values))
            case "Exists": requirements.append(.exists(key))
            case "DoesNotExist": requirements.append(.isAbsent(key))
            default: return nil
            }
        }
    }

    package static func labels(_ labels: JSONValue?) -> [String: String] {
        var found: [String: String] = [:]
        for (key, value) in labels?.objectValue ?? [:] { found[key] = value.stringValue ?? "" }
        return found
    }

    /// As a query has it, in the order of the keys.
    package var description: String {
        let texts = requirements.map { (key: $0.key, text: $0.text) }
        return texts.sorted { ($0.key, $0.text) < ($1.key, $1.text) }.map(\.text).joined(separator: ",")
    }
}

extension LabelSelector.Requirement {
    fileprivate var key: String {
        switch self {
        case .isIn(let key, _), .isNotIn(let key, _), .exists(let key), .isAbsent(let key), .greater(let key, _),
            .less(let key, _):
            key
        }
    }

    fileprivate var text: String {
        switch self {
        case .isIn(let key, let values) where values.count == 1: "\(key)=\(values.first ?? "")"
        case .isIn(let key, let values): "\(key) in (\(values.sorted().joined(separator: ",")))"
        case .isNotIn(let key, let values): "\(key) notin (\(values.sorted().joined(separator: ",")))"
        case .exists(let key): key
        case .isAbsent(let key): "!\(key)"
        case .greater(let key, let bound): "\(key)>\(bound)"
        case .less(let key, let bound): "\(key)<\(bound)"
        }
    }
}
