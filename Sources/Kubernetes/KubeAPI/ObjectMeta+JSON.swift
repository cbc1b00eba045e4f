public import JSONStream

extension ObjectMeta {
    /// The metadata for a create or an update: the fields that clients may set, and those that identify the object and
    /// its version. Empty fields are left out.
    public var json: JSONValue {
        var value: JSONValue = [:]
        for (field, text) in [
            ("name", name), ("namespace", namespace), ("uid", uid), ("resourceVersion", resourceVersion),
        ] where !text.isEmpty {
            value[field] = .string(text)
        }
        if !labels.isEmpty { value["labels"] = JSONValue(labels) }
        if !annotations.isEmpty { value["annotations"] = JSONValue(annotations) }
        if !finalizers.isEmpty { value["finalizers"] = .array(finalizers.map { .string($0) }) }
        if !ownerReferences.isEmpty { value["ownerReferences"] = .array(ownerReferences.map(\.json)) }
        return value
    }
}
