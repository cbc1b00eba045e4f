import APIObjects
import APIPods
import JSONStream
import KubeAPI
import KubeSchema

/// What kinds that make pods have in common: a template, a selector and a status that only its subresource changes.
protocol WorkloadStrategy: ResourceStrategy {
    static var status: StructSchema { get }
    /// The path of the template, for warnings.
    static var template: String { get }
}

extension WorkloadStrategy {
    static var template: String { "spec.template" }

    func prepareForCreate(_ object: inout JSONValue, _ context: AdmissionContext) {
        object["status"] = Self.status.zero
    }

    func prepareForUpdate(_ object: inout JSONValue, old: JSONValue, _ context: AdmissionContext) {
        object["status"] = old["status"]
    }

    func prepareForStatusUpdate(_ object: inout JSONValue, old: JSONValue) { object["spec"] = old["spec"] }

    func generationSource(_ object: JSONValue) -> JSONValue? { (object["spec"] ?? .null).prunedOfEmpty }

    func warnings(_ object: JSONValue, old: JSONValue?) -> [String] {
        guard old == nil || generationSource(object) != old.flatMap(generationSource) else { return [] }
        return (old == nil ? nameWarnings(object) : []) + templateWarnings(object)
    }

    func nameWarnings(_ object: JSONValue) -> [String] {
        let problems = Names.dnsLabel(object["metadata"]?.text("name") ?? "")
        guard !problems.isEmpty else { return [] }
        return [
            "metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS "
                + "label is recommended: [\(problems.joined(separator: " "))]"
        ]
    }

    func templateWarnings(_ object: JSONValue) -> [String] {
        let template = Self.template.split(separator: ".").reduce(Optional(object)) { $0?[String($1)] } ?? [:]
        return PodWarnings(template["spec"] ?? [:], template["metadata"] ?? [:], at: FieldPath(Self.template)).texts
    }
}

/// The rules that workloads share.
enum WorkloadValidation {
    static let spec = FieldPath("spec")

    /// - Parameter word: what the selector is for, in the text about an empty one.
    static func selector(_ spec: JSONValue, _ word: String) -> [FieldError] {
        let path = self.spec.child("selector")
        guard let selector = spec["selector"], !selector.isNull else { return [.required(path)] }
        let errors = LabelSelectorValidation.validate(selector, path)
        return LabelSelectorValidation.isEmpty(selector)
            ? errors + [.invalid(path, selector, "empty selector is invalid for \(word)")] : errors
    }

    /// Whether the template's pods are selected. A selector that is missing selects nothing, one that is empty is
    /// not asked, and one that makes no sense is told once more, for the kinds where upstream does.
    static func matches(_ spec: JSONValue, tellsSenseless: Bool = true) -> [FieldError] {
        let path = self.spec.child("template").child("metadata").child("labels")
        let labels = spec["template"]?["metadata"]?["labels"]
        let mismatch = [FieldError.invalid(path, labels ?? .null, "`selector` does not match template `labels`")]
        guard let given = spec["selector"], !given.isNull else { return mismatch }
        let problems = LabelSelectorValidation.validate(given, self.spec.child("selector"))
        guard problems.isEmpty, let selector = LabelSelector(ofObject: given) else {
            return tellsSenseless
                ? [.invalid(self.spec.child("selector"), given, "invalid label selector")] : []
        }
        return selector.isEmpty || selector.matches(LabelSelector.labels(labels)) ? [] : mismatch
    }

    /// A template whose pods are always started again.
    static func template(_ spec: JSONValue, _ kind: String) -> [FieldError] {
        PodValidation.template(spec["template"] ?? [:], self.spec.child("template")) + lasting(spec, kind)
    }

    static func lasting(_ spec: JSONValue, _ kind: String) -> [FieldError] {
        let pod = spec["template"]?["spec"] ?? [:]
        let path = self.spec.child("template").child("spec")
        var errors: [FieldError] = []
        if pod.text("restartPolicy") != "Always" {
            errors.append(
                .notSupported(path.child("restartPolicy"), .string(pod.text("restartPolicy")), ["Always"]))
        }
        if pod.has("activeDeadlineSeconds") {
            errors.append(
                .forbidden(
                    path.child("activeDeadlineSeconds"), "activeDeadlineSeconds in \(kind) is not Supported"))
        }
        return errors
    }

    static func immutableSelector(_ object: JSONValue, _ old: JSONValue) -> [FieldError] {
        let (new, before) = (object["spec"]?["selector"] ?? .null, old["spec"]?["selector"] ?? .null)
        return new.prunedOfEmpty == before.prunedOfEmpty
            ? [] : [.invalid(spec.child("selector"), new, FieldError.immutable)]
    }

    static func negatives(_ object: JSONValue?, _ fields: [String], _ path: FieldPath = spec) -> [FieldError] {
        fields.flatMap { FieldError.negative(object, $0, path) }
    }

    /// Counts of a status, none of which may be above another.
    static func counts(_ status: JSONValue, _ fields: [String], notAbove total: String) -> [FieldError] {
        let path = FieldPath("status")
        return fields.filter { status.number($0) > status.number(total) }.map {
            .invalid(path.child($0), .integer(status.number($0)), "cannot be greater than status.replicas")
        }
    }

    /// The name counter of a controller only goes up.
    static func collisions(_ object: JSONValue, _ old: JSONValue) -> [FieldError] {
        guard let before = old["status"]?["collisionCount"]?.integerValue else { return [] }
        let count = object["status"]?["collisionCount"]?.integerValue
        guard (count ?? -1) < before else { return [] }
        return [
            .invalid(FieldPath("status.collisionCount"), .integer(count ?? 0), "cannot be decremented")
        ]
    }
}

/// Numbers of pods as such or as a percentage.
enum PodAmount {
    static func validate(_ value: JSONValue?, _ path: FieldPath) -> [FieldError] {
        switch value {
        case .string(let text)?:
            isPercentage(text)
                ? []
                : [
                    .invalid(
                        path, .string(text),
                        "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or "
                            + "'93%', regex used for validation is '[0-9]+%')")
                ]
        case .integer(let number)? where number < 0: [.invalid(path, .integer(number), FieldError.notNegative)]
        default: []
        }
    }

    static func notMoreThanAll(_ value: JSONValue?, _ path: FieldPath) -> [FieldError] {
        guard case .string(let text)? = value, isPercentage(text), number(value) > 100 else { return [] }
        return [.invalid(path, .string(text), "must not be greater than 100%")]
    }

    private static func isPercentage(_ text: String) -> Bool {
        text.hasSuffix("%") && text.count > 1 && text.dropLast().utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    static func number(_ value: JSONValue?) -> Int64 {
        switch value {
        case .integer(let number)?: number
        case .string(let text)?: Int64(text.hasSuffix("%") ? String(text.dropLast()) : text) ?? 0
        default: 0
        }
    }
}
