import APIObjects
import JSONStream

/// `matchLabelKeys` and `mismatchLabelKeys`: selectors that take values of the pod's own labels, written out once when
/// the pod is made.
enum MatchLabelKeys {
    static func apply(to spec: inout JSONValue, _ labels: JSONValue) {
        spec.edit("affinity") { affinity in
            for kind in ["podAffinity", "podAntiAffinity"] {
                affinity.edit(kind) { pods in
                    pods.editItems("requiredDuringSchedulingIgnoredDuringExecution") { apply(toTerm: &$0, labels) }
                    pods.editItems("preferredDuringSchedulingIgnoredDuringExecution") { weighted in
                        weighted.edit("podAffinityTerm") { apply(toTerm: &$0, labels) }
                    }
                }
            }
        }
        spec.editItems("topologySpreadConstraints") { apply(toTerm: &$0, labels) }
    }

    private static func apply(toTerm term: inout JSONValue, _ labels: JSONValue) {
        guard term.has("labelSelector") else { return }
        var expressions: [JSONValue] = []
        for (field, comparison) in [("matchLabelKeys", "In"), ("mismatchLabelKeys", "NotIn")] {
            for key in term.strings(field) {
                guard let value = labels[key] else { continue }
                expressions.append(["key": .string(key), "operator": .string(comparison), "values": [value]])
            }
        }
        guard !expressions.isEmpty else { return }
        term.edit("labelSelector") { selector in
            selector["matchExpressions"] = .array(selector.items("matchExpressions") + expressions)
        }
    }
}
