import JSONStream
import KubeAPI

extension JSONValue {
    /// A patch of an object that fails if the name stands for another object by now.
    static func patch(_ fields: JSONValue, of metadata: ObjectMeta, atVersion isVersioned: Bool = false) -> JSONValue {
        var patch = fields
        var named = fields["metadata"] ?? [:]
        named["uid"] = .string(metadata.uid)
        if isVersioned { named["resourceVersion"] = .string(metadata.resourceVersion) }
        patch["metadata"] = named
        return patch
    }
}
