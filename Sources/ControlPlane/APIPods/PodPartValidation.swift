import APIObjects
import JSONStream
import KubeSchema

/// The subresources that change one part of a pod's spec: ephemeralcontainers and resize.
enum PodPartValidation {
    private static let spec = FieldPath("spec")
    private static let mirror = "kubernetes.io/config.mirror"

    static func ephemeralContainers(_ pod: JSONValue, old: JSONValue) -> [FieldError] {
        let errors = PodValidation.common(pod)
        if old["metadata"]?["annotations"]?[mirror] != nil {
            return [.forbidden(FieldPath(""), "static pods do not support ephemeral containers")]
        }
        let path = spec.child("ephemeralContainers")
        let present = Dictionary(
            (pod["spec"]?.items("ephemeralContainers") ?? []).map { ($0.text("name"), $0) },
            uniquingKeysWith: { first, _ in first })
        let changes = (old["spec"]?.items("ephemeralContainers") ?? []).compactMap { before -> FieldError? in
            let name = before.text("name")
            guard let after = present[name] else {
                return .forbidden(path, "existing ephemeral containers \"\(name)\" may not be removed\n")
            }
            let schema = KubeSchema["core.v1.EphemeralContainer"]
            return SchemaReader.ordered(after, schema) == SchemaReader.ordered(before, schema)
                ? nil : .forbidden(path, "existing ephemeral containers \"\(name)\" may not be changed\n")
        }
        return errors + changes
    }

    static func resize(_ pod: JSONValue, old: JSONValue) -> [FieldError] {
        var errors = PodValidation.common(pod)
        let (new, before) = (pod["spec"] ?? [:], old["spec"] ?? [:])
        if old["metadata"]?["annotations"]?[mirror] != nil {
            return [.forbidden(FieldPath(""), "static pods cannot be resized")]
        }
        if before["os"]?.text("name") == "windows" {
            return [.forbidden(FieldPath(""), "windows pods cannot be resized")]
        }
        let hasSameContainers = ["containers", "initContainers"].allSatisfy { list in
            new.items(list).map { $0.text("name") } == before.items(list).map { $0.text("name") }
        }
        guard hasSameContainers else {
            return errors + [.forbidden(spec, "only cpu and memory resources are mutable")]
        }
        let quality = old["status"]?.text("qosClass") ?? ""
        if PodQOS.classOf(new) != quality {
            errors.append(
                .invalid(spec, .string(quality), "Pod QOS Class may not change as a result of resizing"))
        }
        for list in ["initContainers", "containers"] {
            for (index, pair) in zip(new.items(list), before.items(list)).enumerated()
            where list == "containers" || PodLevelResources.isSidecar(pair.1) {
                errors += resized(pair.0, pair.1, spec.child(list).index(index).child("resources"))
            }
        }
        return errors + others(new, before)
    }

    private static func resized(_ new: JSONValue, _ old: JSONValue, _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        let (after, before) = (new["resources"] ?? [:], old["resources"] ?? [:])
        for list in ["requests", "limits"] {
            let names = Set((after[list]?.objectValue ?? [:]).keys)
            if !Set((before[list]?.objectValue ?? [:]).keys).isSubset(of: names) {
                errors.append(.forbidden(path.child(list), "resource \(list) cannot be removed"))
            }
        }
        return errors
    }

    /// Only cpu and memory may differ, and not those of init containers that run once.
    private static func others(_ new: JSONValue, _ old: JSONValue) -> [FieldError] {
        var errors: [FieldError] = []
        let schema = KubeSchema["core.v1.Container"]
        func fixed(_ container: JSONValue) -> JSONValue {
            var container = container
            container["resizePolicy"] = nil
            container.edit("resources") { resources in
                for list in ["requests", "limits"] {
                    resources.edit(list) { amounts in
                        amounts["cpu"] = nil
                        amounts["memory"] = nil
                    }
                }
            }
            return SchemaReader.ordered(container, schema).prunedOfEmpty
        }
        for pair in zip(new.items("containers"), old.items("containers")) where fixed(pair.0) != fixed(pair.1) {
            errors.append(.forbidden(spec, "only cpu and memory resources are mutable"))
        }
        for pair in zip(new.items("initContainers"), old.items("initContainers")) {
            if PodLevelResources.isSidecar(pair.1) {
                if fixed(pair.0) != fixed(pair.1) {
                    errors.append(
                        .forbidden(spec, "only cpu and memory resources for sidecar containers are mutable"))
                }
            } else if SchemaReader.ordered(pair.0, schema) != SchemaReader.ordered(pair.1, schema) {
                errors.append(.forbidden(spec, "resources for non-sidecar init containers are immutable"))
            }
        }
        return errors
    }
}
