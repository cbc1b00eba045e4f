package import APIObjects
package import JSONStream
package import KubeSchema

/// What a Pod must be like, and what may change of it.
package enum PodValidation {
    private static let mirror = "kubernetes.io/config.mirror"
    private static let deletionCost = "controller.kubernetes.io/pod-deletion-cost"
    private static let spec = FieldPath("spec")
    private static let mutable = [
        "`spec.containers[*].image`", "`spec.initContainers[*].image`", "`spec.activeDeadlineSeconds`",
        "`spec.tolerations` (only additions to existing tolerations)",
        "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)",
    ].joined(separator: ",")

    static func create(_ pod: JSONValue) -> [FieldError] {
        var errors = common(pod)
        let spec = pod["spec"] ?? [:]
        if !spec.items("ephemeralContainers").isEmpty {
            errors.append(.forbidden(self.spec.child("ephemeralContainers"), "cannot be set on create"))
        }
        if !spec.text("nodeName").isEmpty, !spec.items("schedulingGates").isEmpty {
            errors.append(
                .forbidden(
                    self.spec.child("nodeName"), "cannot be set until all schedulingGates have been cleared"))
        }
        return errors
    }

    /// Of new pods and of changed ones.
    static func common(_ pod: JSONValue) -> [FieldError] {
        let metadata = pod["metadata"] ?? [:]
        let spec = pod["spec"] ?? [:]
        var errors = annotations(metadata["annotations"], spec, FieldPath("metadata.annotations"))
        errors += PodSpecValidation(spec, self.spec, podName: metadata.text("name")).validate()
        if spec.text("serviceAccountName").isEmpty {
            for (index, volume) in spec.items("volumes").enumerated() {
                for (number, source) in (volume["projected"]?.items("sources") ?? []).enumerated()
                where source.has("serviceAccountToken") {
                    errors.append(
                        .forbidden(
                            self.spec.child("volumes").index(index).child("projected").child("sources").index(number)
                                .child("serviceAccountToken"),
                            "must not be specified when serviceAccountName is not set"))
                }
            }
        }
        for list in ["containers", "initContainers"] {
            for (index, container) in spec.items(list).enumerated() {
                errors += PodSpecValidation.image(container, self.spec.child(list).index(index))
            }
        }
        return errors
    }

    /// The rules of a template, which are those of a pod without its name.
    package static func template(_ template: JSONValue, _ path: FieldPath) -> [FieldError] {
        let metadata = template["metadata"] ?? [:]
        let spec = template["spec"] ?? [:]
        var errors = MetadataValidation.labels(metadata["labels"], path.child("labels"))
        errors += MetadataValidation.annotations(metadata["annotations"], path.child("annotations"))
        errors += annotations(metadata["annotations"], spec, path.child("annotations"))
        errors += PodSpecValidation(spec, path.child("spec"), podName: nil).validate()
        if !spec.items("ephemeralContainers").isEmpty {
            errors.append(
                .forbidden(
                    path.child("spec").child("ephemeralContainers"),
                    "ephemeral containers not allowed in pod template"))
        }
        return errors
    }

    package static func annotations(_ annotations: JSONValue?, _ spec: JSONValue, _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        if let value = annotations?[mirror], spec.text("nodeName").isEmpty {
            errors.append(
                .invalid(path.key(mirror), value, "must set spec.nodeName if mirror pod annotation is set"))
        }
        if let cost = annotations?[deletionCost]?.stringValue {
            let isPlain = cost == "0" || !(cost.hasPrefix("0") || cost.hasPrefix("+") || cost.hasPrefix("-0"))
            if Int32(cost) == nil || !isPlain {
                errors.append(.invalid(path.key(deletionCost), .string(cost), "must be a 32bit integer"))
            }
        }
        return errors
    }

    // MARK: Updates

    static func update(_ pod: JSONValue, old: JSONValue) -> [FieldError] {
        var errors = common(pod) + mirrorChange(pod, old)
        let (new, before) = (pod["spec"] ?? [:], old["spec"] ?? [:])
        for list in ["containers", "initContainers"] {
            let path = self.spec.child(list)
            guard new.items(list).count == before.items(list).count else {
                errors.append(.forbidden(path, "pod updates may not add or remove containers"))
                return errors
            }
            for (index, container) in new.items(list).enumerated() {
                if container.text("image").isEmpty { errors.append(.required(path.index(index).child("image"))) }
                errors += PodSpecValidation.image(container, path.index(index))
            }
        }
        let (deadline, isFinal) = self.deadline(new, before)
        errors += deadline
        if isFinal { return errors }
        errors += TolerationValidation.onlyAdded(
            new.items("tolerations"), to: before.items("tolerations"), self.spec.child("tolerations"))
        errors += gates(new, before)
        return errors + immutable(new, before)
    }

    private static func mirrorChange(_ pod: JSONValue, _ old: JSONValue) -> [FieldError] {
        let (value, before) = (pod["metadata"]?["annotations"]?[mirror], old["metadata"]?["annotations"]?[mirror])
        guard value != before else { return [] }
        let path = FieldPath("metadata.annotations").key(mirror)
        return [
            before == nil
                ? .forbidden(path, "may not add mirror pod annotation")
                : .forbidden(path, "may not remove or update mirror pod annotation")
        ]
    }

    /// A deadline may be set and may become shorter.
    private static func deadline(_ new: JSONValue, _ old: JSONValue) -> ([FieldError], isFinal: Bool) {
        let path = spec.child("activeDeadlineSeconds")
        let before = old["activeDeadlineSeconds"]?.integerValue
        guard let seconds = new["activeDeadlineSeconds"]?.integerValue else {
            return (
                before == nil ? [] : [.invalid(path, nil, "must not update from a positive integer to nil value")],
                false
            )
        }
        guard (0...Int64(Int32.max)).contains(seconds) else {
            return ([.invalid(path, .integer(seconds), "must be between 0 and 2147483647, inclusive")], true)
        }
        guard let before, before < seconds else { return ([], false) }
        return ([.invalid(path, .integer(seconds), "must be less than or equal to previous value")], true)
    }

    private static func gates(_ new: JSONValue, _ old: JSONValue) -> [FieldError] {
        let known = Set(old.items("schedulingGates").map { $0.text("name") })
        return new.items("schedulingGates").enumerated().filter { !known.contains($1.text("name")) }.map {
            .forbidden(
                spec.child("schedulingGates").index($0).child("name"),
                "only deletion is allowed, but found new scheduling gate '\($1.text("name"))'")
        }
    }

    /// What is left once the fields that may change are as they were.
    private static func immutable(_ new: JSONValue, _ old: JSONValue) -> [FieldError] {
        var errors: [FieldError] = []
        var munged = new
        for list in ["containers", "initContainers"] {
            let images = old.items(list).map { $0["image"] }
            var index = 0
            munged.editItems(list) { container in
                container["image"] = images[index]
                index += 1
            }
        }
        for field in ["activeDeadlineSeconds", "schedulingGates", "tolerations"] { munged[field] = old[field] }
        if old.number("terminationGracePeriodSeconds") < 0, munged.number("terminationGracePeriodSeconds") == 1 {
            munged["terminationGracePeriodSeconds"] = old["terminationGracePeriodSeconds"]
        }
        if !old.items("schedulingGates").isEmpty { errors += GatedPodValidation.check(&munged, old, spec) }
        if !same(munged, old) {
            errors.append(.forbidden(spec, "pod updates may not change fields other than \(mutable)"))
        }
        return errors
    }

    static func same(_ left: JSONValue, _ right: JSONValue) -> Bool {
        SchemaReader.ordered(left, KubeSchema["core.v1.PodSpec"]).prunedOfEmpty
            == SchemaReader.ordered(right, KubeSchema["core.v1.PodSpec"]).prunedOfEmpty
    }
}

extension JSONValue {
    /// Without null members and empty lists and maps, which Go's semantic equality takes for absent.
    package var prunedOfEmpty: JSONValue {
        switch self {
        case .object(let members):
            .object(
                members.compactMapValues { value in
                    let pruned = value.prunedOfEmpty
                    return pruned.isNull || pruned == [] ? nil : pruned
                })
        case .array(let items): .array(items.map(\.prunedOfEmpty))
        default: self
        }
    }
}
