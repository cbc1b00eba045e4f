package import JSONStream
package import KubeSchema

/// What a LabelSelector of meta/v1 must be like.
package enum LabelSelectorValidation {
    package static func validate(_ selector: JSONValue?, _ path: FieldPath) -> [FieldError] {
        guard let selector, !selector.isNull else { return [] }
        var errors = MetadataValidation.labels(selector["matchLabels"], path.child("matchLabels"))
        for (index, expression) in selector.items("matchExpressions").enumerated() {
            errors += requirement(expression, path.child("matchExpressions").index(index))
        }
        return errors
    }

    package static func isEmpty(_ selector: JSONValue) -> Bool {
        (selector["matchLabels"]?.objectValue ?? [:]).isEmpty && selector.items("matchExpressions").isEmpty
    }

    /// - Parameter knowsAllOperators: whether an operator that there is not is a mistake; if not, a newer client may
    ///   know it.
    package static func requirement(
        _ requirement: JSONValue, _ path: FieldPath, knowsAllOperators: Bool = true
    ) -> [FieldError] {
        let values = requirement.strings("values")
        var errors = operands(requirement, values, path, knowsAllOperators: knowsAllOperators)
        errors += FieldError.named(requirement.text("key"), path.child("key"), by: Names.qualifiedName)
        for (index, value) in values.enumerated() {
            errors += FieldError.named(value, path.child("values").index(index), by: Names.labelValue)
        }
        return errors
    }

    /// Whether the operator is one, and goes with the number of values.
    package static func operands(
        _ requirement: JSONValue, _ values: [String], _ path: FieldPath, knowsAllOperators: Bool = true
    ) -> [FieldError] {
        switch requirement.text("operator") {
        case "In", "NotIn":
            values.isEmpty
                ? [.required(path.child("values"), "must be specified when `operator` is 'In' or 'NotIn'")] : []
        case "Exists", "DoesNotExist":
            values.isEmpty
                ? []
                : [
                    .forbidden(
                        path.child("values"), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
                ]
        case let other:
            knowsAllOperators
                ? [.invalid(path.child("operator"), .string(other), "not a valid selector operator")] : []
        }
    }
}
