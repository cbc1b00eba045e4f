import JSONStream
import KubeAPI

/// What a Deployment writes into a ReplicaSet.
struct ReplicaSetPatch: Sendable {
    /// A merge patch that fails if the set has changed since.
    let json: JSONValue

    init(_ set: ReplicaSet, from old: ReplicaSet) {
        var fields: JSONValue = [:]
        let annotations = set.metadata.annotations.filter { old.metadata.annotations[$0.key] != $0.value }
        if !annotations.isEmpty { fields["metadata"] = ["annotations": JSONValue(annotations)] }
        var spec: JSONValue = [:]
        if set.replicas != old.replicas { spec["replicas"] = .integer(Int64(set.replicas)) }
        if set.minReadySeconds != old.minReadySeconds { spec["minReadySeconds"] = .integer(Int64(set.minReadySeconds)) }
        if spec != [:] { fields["spec"] = spec }
        json = .patch(fields, of: old.metadata, atVersion: true)
    }

    /// The whole of a set that does not exist yet.
    static func creation(of set: ReplicaSet) -> JSONValue {
        [
            "apiVersion": .string(ReplicaSet.apiVersion), "kind": .string(ReplicaSet.kind),
            "metadata": [
                "name": .string(set.metadata.name), "namespace": .string(set.metadata.namespace),
                "labels": JSONValue(set.metadata.labels), "annotations": JSONValue(set.metadata.annotations),
                "ownerReferences": .array(set.metadata.ownerReferences.map(\.json)),
            ],
            "spec": [
                "replicas": .integer(Int64(set.replicas)), "minReadySeconds": .integer(Int64(set.minReadySeconds)),
                "selector": set.selector.json, "template": set.template,
            ],
        ]
    }
}
