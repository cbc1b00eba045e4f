import APIObjects
import JSONStream
import KubeSchema

/// The rules of a pod's topology spread constraints.
enum TopologySpreadValidation {
    private static let notPositive = "must be greater than zero"

    static func validate(_ constraints: [JSONValue], _ path: FieldPath) -> [FieldError] {
        // Those that are still to come, by what may stand there once.
        var rest: [[String]: Int] = [:]
        for constraint in constraints { rest[identity(constraint), default: 0] += 1 }
        return constraints.enumerated().flatMap { index, constraint in
            rest[identity(constraint), default: 0] -= 1
            return validate(constraint, comesAgain: rest[identity(constraint), default: 0] > 0, path.index(index))
        }
    }

    private static func identity(_ constraint: JSONValue) -> [String] {
        [constraint.text("topologyKey"), constraint.text("whenUnsatisfiable")]
    }

    private static func validate(
        _ constraint: JSONValue, comesAgain: Bool, _ path: FieldPath
    ) -> [FieldError] {
        var errors: [FieldError] = []
        let skew = constraint.number("maxSkew")
        if skew <= 0 { errors.append(.invalid(path.child("maxSkew"), .integer(skew), notPositive)) }
        let key = constraint.text("topologyKey")
        if key.isEmpty { errors.append(.required(path.child("topologyKey"), "can not be empty")) }
        let action = constraint.text("whenUnsatisfiable")
        if !["DoNotSchedule", "ScheduleAnyway"].contains(action) {
            errors.append(
                .notSupported(
                    path.child("whenUnsatisfiable"), .string(action), ["DoNotSchedule", "ScheduleAnyway"]))
        }
        if comesAgain {
            errors.append(
                .duplicate(path.child("{topologyKey, whenUnsatisfiable}"), .string("{\(key), \(action)}")))
        }
        if let domains = constraint["minDomains"]?.integerValue {
            let field = path.child("minDomains")
            if domains <= 0 { errors.append(.invalid(field, .integer(domains), notPositive)) }
            if action != "DoNotSchedule" {
                errors.append(
                    .invalid(
                        field, .integer(domains),
                        "can only use minDomains if whenUnsatisfiable=DoNotSchedule, not \(action)"))
            }
        }
        for field in ["nodeAffinityPolicy", "nodeTaintsPolicy"] {
            guard let policy = constraint[field]?.stringValue, !["Honor", "Ignore"].contains(policy) else { continue }
            errors.append(.notSupported(path.child(field), .string(policy), ["Honor", "Ignore"]))
        }
        errors += labelKeys(constraint, path.child("matchLabelKeys"))
        return errors + LabelSelectorValidation.validate(constraint["labelSelector"], path.child("labelSelector"))
    }

    private static func labelKeys(_ constraint: JSONValue, _ path: FieldPath) -> [FieldError] {
        let keys = constraint.strings("matchLabelKeys")
        guard !keys.isEmpty else { return [] }
        var errors: [FieldError] = []
        let selector = constraint["labelSelector"].flatMap { $0.isNull ? nil : $0 }
        if selector == nil { errors.append(.forbidden(path, "must not be specified when labelSelector is not set")) }
        var seen = Set((selector?["matchLabels"]?.objectValue ?? [:]).keys)
        // One expression for each key has been made from the pod's own labels.
        var own = Set(keys)
        for expression in selector?.items("matchExpressions") ?? [] {
            let key = expression.text("key")
            let isMade = expression.text("operator") == "In" && expression.items("values").count == 1
            if isMade, own.remove(key) != nil { continue }
            seen.insert(key)
        }
        for (index, key) in keys.enumerated() {
            errors += FieldError.named(key, path.index(index), by: Names.qualifiedName)
            if seen.contains(key) {
                errors.append(
                    .invalid(path.index(index), .string(key), "exists in both matchLabelKeys and labelSelector"))
            }
        }
        return errors
    }
}
