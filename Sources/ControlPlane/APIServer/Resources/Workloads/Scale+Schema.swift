/// Fields and protobuf numbers are those of autoscaling/v1.
extension StructSchema {
    static let scale = root(
        "Scale", "The number of pods of an object.",
        [
            Field(2, "spec", .object(scaleSpec), .always, "The desired state."),
            Field(3, "status", .object(scaleStatus), .always, "The observed state."),
        ])

    static let scaleSpec = StructSchema(
        "ScaleSpec", "A scale spec.",
        [
            Field(1, "replicas", .int32, "How many pods are wanted; 1 if left out.")
        ])

    static let scaleStatus = StructSchema(
        "ScaleStatus", "A scale status.",
        [
            Field(1, "replicas", .int32, .always, required: true, "How many pods there are."),
            Field(2, "selector", .string, "Labels of the pods that belong to it."),
        ])
}
