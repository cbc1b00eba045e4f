/// Fields and protobuf numbers are those of node.k8s.io/v1 and scheduling.k8s.io/v1.
extension StructSchema {
    static let priorityClass = root(
        "PriorityClass", "A name for a priority of pods.",
        [
            Field(2, "value", .int32, .always, "The priority; larger is more important. It cannot be changed."),
            Field(3, "globalDefault", .bool, "Whether pods without a class get this one."),
            Field(4, "description", .string, "When to use it."),
            Field(5, "preemptionPolicy", .string, .pointer, "PreemptLowerPriority (the default) or Never."),
        ])

    static let runtimeClass = root(
        "RuntimeClass", "A way of running pods.",
        [
            Field(2, "handler", .string, .always, required: true, "What runs the pods."),
            Field(
                3, "overhead", .object(overhead), .pointer, "Resources that running a pod takes beyond its containers."),
            Field(4, "scheduling", .object(scheduling), .pointer, "Which nodes can run the pods."),
        ])

    static let overhead = StructSchema(
        "Overhead", "An overhead.",
        [
            Field(1, "podFixed", .map(.quantity), "Resources that each pod takes.")
        ])

    static let scheduling = StructSchema(
        "Scheduling", "A scheduling.",
        [
            Field(1, "nodeSelector", .map(.string), atomic: true, "Labels that a node must have."),
            Field(2, "tolerations", .array(.object(toleration)), "Taints that do not keep the pod off a node."),
        ])
}
