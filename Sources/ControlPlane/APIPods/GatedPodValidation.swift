import APIObjects
import JSONStream
import KubeSchema

/// A pod that waits for its scheduling gates may get a narrower choice of nodes.
enum GatedPodValidation {
    private static let required = "requiredDuringSchedulingIgnoredDuringExecution"

    /// Checks what changed of node selector and node affinity, and puts it back.
    static func check(_ spec: inout JSONValue, _ old: JSONValue, _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        let selector = spec["nodeSelector"]?.objectValue ?? [:]
        if (old["nodeSelector"]?.objectValue ?? [:]).contains(where: { selector[$0.key] != $0.value }) {
            errors.append(
                .invalid(
                    path.child("nodeSelector"), spec["nodeSelector"] ?? [:],
                    "only additions to spec.nodeSelector are allowed (no mutations or deletions)"))
        }
        spec["nodeSelector"] = old["nodeSelector"]
        let before = old["affinity"]?["nodeAffinity"]
        let after = spec["affinity"]?["nodeAffinity"]
        guard before != after else { return errors }
        errors += terms(after, before, path.child("affinity").child("nodeAffinity"))
        spec.editOrMake("affinity") { $0["nodeAffinity"] = before }
        if old["affinity"] == nil, spec["affinity"] == [:] { spec["affinity"] = nil }
        return errors
    }

    private static func terms(_ new: JSONValue?, _ old: JSONValue?, _ path: FieldPath) -> [FieldError] {
        guard let selector = old?[required], !selector.isNull else { return [] }
        let before = selector.items("nodeSelectorTerms")
        let after = new?[required]?.items("nodeSelectorTerms") ?? []
        let path = path.child(required).child("nodeSelectorTerms")
        guard before.isEmpty || before.count == after.count else {
            return [
                .invalid(
                    path, .array(after), "no additions/deletions to non-empty NodeSelectorTerms list are allowed")
            ]
        }
        return zip(before, after).enumerated().filter { !onlyAdds($1.1, to: $1.0) }.map {
            .invalid(path.index($0), $1.1, "only additions are allowed (no mutations or deletions)")
        }
    }

    private static func onlyAdds(_ new: JSONValue, to old: JSONValue) -> Bool {
        let lists = ["matchExpressions", "matchFields"]
        if lists.allSatisfy({ old.items($0).isEmpty }) { return lists.allSatisfy { new.items($0).isEmpty } }
        return lists.allSatisfy { new.items($0).starts(with: old.items($0)) }
    }
}
