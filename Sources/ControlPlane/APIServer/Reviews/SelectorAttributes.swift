import APIObjects
import JSONStream
import KubeSchema

/// The selectors of a list or watch that an access review asks about.
enum SelectorAttributes {
    static func validate(_ resource: JSONValue, _ path: FieldPath) -> [FieldError] {
        ["fieldSelector", "labelSelector"].flatMap { name -> [FieldError] in
            guard let selector = resource[name], !selector.isNull else { return [] }
            return validate(selector, path.child(name), keysAreLabels: name == "labelSelector")
        }
    }

    private static func validate(
        _ selector: JSONValue, _ path: FieldPath, keysAreLabels: Bool
    ) -> [FieldError] {
        let raw = selector.text("rawSelector")
        let requirements = selector.items("requirements")
        var errors: [FieldError] = []
        if !raw.isEmpty, !requirements.isEmpty {
            errors.append(
                .invalid(
                    path.child("rawSelector"), .string(raw), "may not specified at the same time as requirements"))
        }
        if raw.isEmpty, requirements.isEmpty {
            errors.append(
                .required(
                    path.child("requirements"), "when \(path) is specified, requirements or rawSelector is required"))
        }
        for (index, requirement) in requirements.enumerated() {
            let item = path.child("requirements").index(index)
            errors +=
                keysAreLabels
                ? LabelSelectorValidation.requirement(requirement, item, knowsAllOperators: false)
                : field(requirement, item)
        }
        return errors
    }

    private static func field(_ requirement: JSONValue, _ path: FieldPath) -> [FieldError] {
        let missing: [FieldError] =
            requirement.text("key").isEmpty ? [.required(path.child("key"), "must be specified")] : []
        return missing
            + LabelSelectorValidation.operands(
                requirement, requirement.strings("values"), path, knowsAllOperators: false)
    }
}
