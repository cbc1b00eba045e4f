import APIObjects
import JSONStream
import KubeSchema

/// The rules of a pod's affinities.
enum AffinityValidation {
    private static let required = "requiredDuringSchedulingIgnoredDuringExecution"
    private static let preferred = "preferredDuringSchedulingIgnoredDuringExecution"

    static func validate(_ affinity: JSONValue?, _ path: FieldPath) -> [FieldError] {
        guard let affinity, !affinity.isNull else { return [] }
        var errors: [FieldError] = []
        if let node = affinity["nodeAffinity"] { errors += self.node(node, path.child("nodeAffinity")) }
        for kind in ["podAffinity", "podAntiAffinity"] {
            guard let pods = affinity[kind] else { continue }
            for (index, term) in pods.items(required).enumerated() {
                errors += podTerm(term, path.child(kind).child(required).index(index))
            }
            for (index, weighted) in pods.items(preferred).enumerated() {
                let item = path.child(kind).child(preferred).index(index)
                errors += weight(weighted, item)
                errors += podTerm(weighted["podAffinityTerm"] ?? [:], item.child("podAffinityTerm"))
            }
        }
        return errors
    }

    private static func weight(_ term: JSONValue, _ path: FieldPath) -> [FieldError] {
        let weight = term.number("weight")
        return (1...100).contains(weight)
            ? [] : [.invalid(path.child("weight"), .integer(weight), "must be in the range 1-100")]
    }

    private static func node(_ affinity: JSONValue, _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        if let selector = affinity[required], !selector.isNull {
            errors += nodeSelector(selector, path.child(required))
        }
        for (index, term) in affinity.items(preferred).enumerated() {
            let item = path.child(preferred).index(index)
            errors += weight(term, item)
            errors += nodeTerm(term["preference"] ?? [:], item.child("preference"), checksValues: false)
        }
        return errors
    }

    static func nodeSelector(_ selector: JSONValue, _ path: FieldPath) -> [FieldError] {
        let path = path.child("nodeSelectorTerms")
        let terms = selector.items("nodeSelectorTerms")
        guard !terms.isEmpty else { return [.required(path, "must have at least one node selector term")] }
        return terms.enumerated().flatMap { nodeTerm($1, path.index($0), checksValues: true) }
    }

    private static func nodeTerm(_ term: JSONValue, _ path: FieldPath, checksValues: Bool) -> [FieldError] {
        var errors: [FieldError] = []
        for (index, requirement) in term.items("matchExpressions").enumerated() {
            errors += expression(requirement, path.child("matchExpressions").index(index), checksValues: checksValues)
        }
        for (index, requirement) in term.items("matchFields").enumerated() {
            errors += field(requirement, path.child("matchFields").index(index))
        }
        return errors
    }

    private static func expression(
        _ requirement: JSONValue, _ path: FieldPath, checksValues: Bool
    ) -> [FieldError] {
        let values = requirement.strings("values")
        let field = path.child("values")
        var errors: [FieldError] = []
        switch requirement.text("operator") {
        case "In", "NotIn":
            if values.isEmpty {
                errors.append(.required(field, "must be specified when `operator` is 'In' or 'NotIn'"))
            }
        case "Exists", "DoesNotExist":
            if !values.isEmpty {
                errors.append(
                    .forbidden(field, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
            }
        case "Gt", "Lt":
            if values.count != 1 {
                errors.append(.required(field, "must be specified single value when `operator` is 'Lt' or 'Gt'"))
            }
        case let other:
            errors.append(.invalid(path.child("operator"), .string(other), "not a valid selector operator"))
        }
        errors += FieldError.named(requirement.text("key"), path.child("key"), by: Names.qualifiedName)
        guard checksValues else { return errors }
        for (index, value) in values.enumerated() {
            errors += FieldError.named(value, field.index(index), by: Names.labelValue)
        }
        return errors
    }

    private static func field(_ requirement: JSONValue, _ path: FieldPath) -> [FieldError] {
        let values = requirement.strings("values")
        let comparison = requirement.text("operator")
        var errors: [FieldError] = []
        if !["In", "NotIn"].contains(comparison) {
            errors.append(.invalid(path.child("operator"), .string(comparison), "not a valid selector operator"))
        } else if values.count != 1 {
            errors.append(
                .required(
                    path.child("values"),
                    "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"))
        }
        let key = requirement.text("key")
        guard key == "metadata.name" else {
            return errors + [.invalid(path.child("key"), .string(key), "not a valid field selector key")]
        }
        for (index, value) in values.enumerated() {
            errors += FieldError.named(value, path.child("values").index(index), by: Names.dnsSubdomain)
        }
        return errors
    }

    private static func podTerm(_ term: JSONValue, _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        for selector in ["labelSelector", "namespaceSelector"] {
            errors += LabelSelectorValidation.validate(term[selector], path.child(selector))
        }
        for namespace in term.strings("namespaces") {
            errors += FieldError.named(namespace, path.child("namespace"), by: Names.dnsLabel)
        }
        errors += labelKeys(term, path)
        let key = term.text("topologyKey")
        if key.isEmpty { errors.append(.required(path.child("topologyKey"), "can not be empty")) }
        return errors + FieldError.named(key, path.child("topologyKey"), by: Names.qualifiedName)
    }

    private static func labelKeys(_ term: JSONValue, _ path: FieldPath) -> [FieldError] {
        let (match, mismatch) = (term.strings("matchLabelKeys"), term.strings("mismatchLabelKeys"))
        let selector = term["labelSelector"].flatMap { $0.isNull ? nil : $0 }
        var errors: [FieldError] = []
        for (field, keys) in [("matchLabelKeys", match), ("mismatchLabelKeys", mismatch)] where !keys.isEmpty {
            guard selector != nil else {
                errors.append(
                    .forbidden(path.child(field), "must not be specified when labelSelector is not set"))
                continue
            }
            for (index, key) in keys.enumerated() {
                errors += FieldError.named(key, path.child(field).index(index), by: Names.qualifiedName)
            }
        }
        // The keys have been merged into the selector already, so one that is there twice was there before.
        var seen = Set((selector?["matchLabels"]?.objectValue ?? [:]).keys)
        for expression in selector?.items("matchExpressions") ?? [] {
            let key = expression.text("key")
            if let index = match.firstIndex(of: key), seen.contains(key) {
                errors.append(
                    .invalid(path.index(index), .string(key), "exists in both matchLabelKeys and labelSelector"))
            }
            seen.insert(key)
        }
        for (index, key) in match.enumerated() where mismatch.contains(key) {
            errors.append(
                .invalid(
                    path.child("matchLabelKeys").index(index), .string(key),
                    "exists in both matchLabelKeys and mismatchLabelKeys"))
        }
        return errors
    }
}
