import APIObjects
import JSONStream
import KubeSchema

/// The owners that an object names.
enum OwnerReferences {
    /// Takes out those that are named twice, and says so.
    static func removeDuplicates(_ object: inout JSONValue, isPatch: Bool) -> [String] {
        let owners = object["metadata"]?.items("ownerReferences") ?? []
        var seen: Set<JSONValue> = []
        var kept: [JSONValue] = []
        var twice: [String] = []
        for owner in owners {
            if seen.insert(owner.sortedByName).inserted { kept.append(owner) } else { twice.append(owner.text("uid")) }
        }
        guard !twice.isEmpty else { return [] }
        object.edit("metadata") { $0["ownerReferences"] = .array(kept) }
        // A patch's are looked at only after admission, which the text blames then.
        let when = isPatch ? " after mutating admission happens" : ""
        return [
            ".metadata.ownerReferences contains duplicate entries\(when); API server dedups owner references in 1.20+, "
                + "and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: "
                + twice.joined(separator: ", ")
        ]
    }
}
