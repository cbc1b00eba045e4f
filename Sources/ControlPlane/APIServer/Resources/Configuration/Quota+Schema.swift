/// Fields and protobuf numbers are those of core/v1.
extension StructSchema {
    static let limitRange = root(
        "LimitRange", "Limits and defaults for resources in a namespace.",
        [
            Field(2, "spec", .object(limitRangeSpec), .always, "The desired state.")
        ])

    static let limitRangeSpec = StructSchema(
        core: "LimitRangeSpec", "A limit range spec.",
        [
            Field(1, "limits", .array(.object(limitRangeItem)), .always, required: true, "The most that may be used.")
        ])

    static let limitRangeItem = StructSchema(
        core: "LimitRangeItem", "A limit range item.",
        [
            Field(1, "type", .string, .always, required: true, "The type."),
            Field(2, "max", .map(.quantity), "The most."),
            Field(3, "min", .map(.quantity), "The least."),
            Field(4, "default", .map(.quantity), "The limit if none is given."),
            Field(5, "defaultRequest", .map(.quantity), "The request if none is given."),
            Field(6, "maxLimitRequestRatio", .map(.quantity), "How many times the request the limit may be."),
        ])

    static let resourceQuota = root(
        "ResourceQuota", "How much a namespace may use.",
        [
            Field(2, "spec", .object(resourceQuotaSpec), .always, "The desired state."),
            Field(3, "status", .object(resourceQuotaStatus), .always, "The observed state."),
        ])

    static let resourceQuotaSpec = StructSchema(
        core: "ResourceQuotaSpec", "A resource quota spec.",
        [
            Field(1, "hard", .map(.quantity), "The limits."),
            Field(2, "scopes", .array(.string), "Which objects are counted."),
            Field(
                3, "scopeSelector", .object(scopeSelector), .pointer, atomic: true,
                "Which objects are counted, by expressions."),
        ])

    static let scopeSelector = StructSchema(
        core: "ScopeSelector", "A scope selector.",
        [
            Field(
                1, "matchExpressions", .array(.object(scopedResourceSelectorRequirement)),
                "Requirements, all of which must hold.")
        ])

    static let scopedResourceSelectorRequirement = StructSchema(
        core: "ScopedResourceSelectorRequirement", "A scoped resource selector requirement.",
        [
            Field(1, "scopeName", .string, .always, required: true, "The scope name."),
            Field(2, "operator", .string, .always, required: true, "How key and values are compared."),
            Field(3, "values", .array(.string), "The values."),
        ])

    static let resourceQuotaStatus = StructSchema(
        core: "ResourceQuotaStatus", "A resource quota status.",
        [
            Field(1, "hard", .map(.quantity), "The limits."),
            Field(2, "used", .map(.quantity), "What is used."),
        ])
}
