import APIObjects
import JSONStream
import KubeSchema

/// The rules of tolerations.
enum TolerationValidation {
    private static let effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"]

    static func validate(_ tolerations: [JSONValue], _ path: FieldPath) -> [FieldError] {
        tolerations.enumerated().flatMap { validate($1, path.index($0)) }
    }

    private static func validate(_ toleration: JSONValue, _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        let (key, value) = (toleration.text("key"), toleration.text("value"))
        let comparison = toleration.text("operator")
        let effect = toleration.text("effect")
        if !key.isEmpty { errors += FieldError.named(key, path.child("key"), by: Names.qualifiedName) }
        if key.isEmpty, comparison != "Exists" {
            errors.append(
                .invalid(
                    path.child("operator"), .string(comparison),
                    "operator must be Exists when `key` is empty, which means \"match all values and all keys\""))
        }
        if toleration.has("tolerationSeconds"), effect != "NoExecute" {
            errors.append(
                .invalid(
                    path.child("effect"), .string(effect),
                    "effect must be 'NoExecute' when `tolerationSeconds` is set"))
        }
        switch comparison {
        case "Equal", "":
            let problems = Names.labelValue(value)
            if !problems.isEmpty {
                errors.append(.invalid(path.child("operator"), .string(value), problems.joined(separator: ";")))
            }
        case "Exists":
            if !value.isEmpty {
                errors.append(
                    .invalid(
                        path.child("operator"), .string(value), "value must be empty when `operator` is 'Exists'"))
            }
        default:
            errors.append(.notSupported(path.child("operator"), .string(comparison), ["Equal", "Exists"]))
        }
        if !effect.isEmpty { errors += FieldError.oneOf(effects, effect, path.child("effect")) }
        return errors
    }

    /// Tolerations may be added, but those that are there stay; only their seconds may change.
    static func onlyAdded(_ new: [JSONValue], to old: [JSONValue], _ path: FieldPath) -> [FieldError] {
        func identity(_ toleration: JSONValue) -> JSONValue {
            var toleration = toleration
            toleration["tolerationSeconds"] = nil
            return SchemaReader.ordered(toleration, KubeSchema["core.v1.Toleration"])
        }
        let kept = Set(new.map(identity))
        guard old.allSatisfy({ kept.contains(identity($0)) }) else {
            return [.forbidden(path, "existing toleration can not be modified except its tolerationSeconds")]
        }
        return validate(new, path)
    }
}
