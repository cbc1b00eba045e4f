/// Fields and protobuf numbers are those of core/v1 and meta/v1.
extension StructSchema {
    static let labelSelector = StructSchema(
        meta: "LabelSelector", "Chooses objects by their labels; an empty one chooses all.",
        [
            Field(1, "matchLabels", .map(.string), "Labels with their values, all of which must be there."),
            Field(
                2, "matchExpressions", .array(.object(labelSelectorRequirement)),
                "Requirements, all of which must hold."),
        ])

    static let labelSelectorRequirement = StructSchema(
        meta: "LabelSelectorRequirement", "A label selector requirement.",
        [
            Field(1, "key", .string, .always, required: true, "The key."),
            Field(2, "operator", .string, .always, required: true, "How key and values are compared."),
            Field(3, "values", .array(.string), "The values."),
        ])

    static let affinity = StructSchema(
        core: "Affinity", "An affinity.",
        [
            Field(1, "nodeAffinity", .object(nodeAffinity), .pointer, "Which nodes are wanted."),
            Field(2, "podAffinity", .object(podAffinity), .pointer, "Which pods should be near."),
            Field(3, "podAntiAffinity", .object(podAntiAffinity), .pointer, "Which pods should be far."),
        ])

    static let nodeAffinity = StructSchema(
        core: "NodeAffinity", "A node affinity.",
        [
            Field(
                1, "requiredDuringSchedulingIgnoredDuringExecution", .object(nodeSelector), .pointer, atomic: true,
                "What must hold when the pod is scheduled."),
            Field(
                2, "preferredDuringSchedulingIgnoredDuringExecution", .array(.object(preferredSchedulingTerm)),
                "What should hold, with weights."),
        ])

    static let nodeSelector = StructSchema(
        core: "NodeSelector", "A node selector.",
        [
            Field(
                1, "nodeSelectorTerms", .array(.object(nodeSelectorTerm)), .always, required: true,
                "Any of these must match.")
        ])

    static let nodeSelectorTerm = StructSchema(
        core: "NodeSelectorTerm", "A node selector term.",
        [
            Field(
                1, "matchExpressions", .array(.object(nodeSelectorRequirement)), "Requirements, all of which must hold."
            ),
            Field(
                2, "matchFields", .array(.object(nodeSelectorRequirement)),
                "Requirements of fields, all of which must hold."),
        ])

    static let nodeSelectorRequirement = StructSchema(
        core: "NodeSelectorRequirement", "A node selector requirement.",
        [
            Field(1, "key", .string, .always, required: true, "The key."),
            Field(2, "operator", .string, .always, required: true, "How key and values are compared."),
            Field(3, "values", .array(.string), "The values."),
        ])

    static let preferredSchedulingTerm = StructSchema(
        core: "PreferredSchedulingTerm", "A preferred scheduling term.",
        [
            Field(1, "weight", .int32, .always, required: true, "1 to 100."),
            Field(
                2, "preference", .object(nodeSelectorTerm), .always, required: true, atomic: true,
                "The nodes that are preferred."),
        ])

    static let podAffinity = StructSchema(
        core: "PodAffinity", "A pod affinity.",
        [
            Field(
                1, "requiredDuringSchedulingIgnoredDuringExecution", .array(.object(podAffinityTerm)),
                "What must hold when the pod is scheduled."),
            Field(
                2, "preferredDuringSchedulingIgnoredDuringExecution", .array(.object(weightedPodAffinityTerm)),
                "What should hold, with weights."),
        ])

    static let podAntiAffinity = StructSchema(
        core: "PodAntiAffinity", "A pod anti affinity.",
        [
            Field(
                1, "requiredDuringSchedulingIgnoredDuringExecution", .array(.object(podAffinityTerm)),
                "What must hold when the pod is scheduled."),
            Field(
                2, "preferredDuringSchedulingIgnoredDuringExecution", .array(.object(weightedPodAffinityTerm)),
                "What should hold, with weights."),
        ])

    static let podAffinityTerm = StructSchema(
        core: "PodAffinityTerm", "A pod affinity term.",
        [
            Field(
                1, "labelSelector", .object(labelSelector), .pointer, atomic: true,
                "Which objects are meant, by their labels."),
            Field(2, "namespaces", .array(.string), "Names of namespaces."),
            Field(3, "topologyKey", .string, .always, required: true, "The node label whose value tells places apart."),
            Field(
                4, "namespaceSelector", .object(labelSelector), .pointer, atomic: true,
                "Which namespaces are meant, by their labels."),
            Field(5, "matchLabelKeys", .array(.string), "Labels whose values are taken from the pod itself."),
            Field(6, "mismatchLabelKeys", .array(.string), "Labels whose values must differ from the pod's own."),
        ])

    static let weightedPodAffinityTerm = StructSchema(
        core: "WeightedPodAffinityTerm", "A weighted pod affinity term.",
        [
            Field(1, "weight", .int32, .always, required: true, "1 to 100."),
            Field(2, "podAffinityTerm", .object(podAffinityTerm), .always, required: true, "The pods that are meant."),
        ])

    static let toleration = StructSchema(
        core: "Toleration", "A toleration.",
        [
            Field(1, "key", .string, "The key."),
            Field(2, "operator", .string, "Equal (the default) or Exists."),
            Field(3, "value", .string, "The value."),
            Field(4, "effect", .string, "NoSchedule, PreferNoSchedule or NoExecute; all if left out."),
            Field(
                5, "tolerationSeconds", .int64, .pointer,
                "How long a NoExecute taint is tolerated; for ever if left out."),
        ])

    static let topologySpreadConstraint = StructSchema(
        core: "TopologySpreadConstraint", "A topology spread constraint.",
        [
            Field(1, "maxSkew", .int32, .always, required: true, "How uneven the spread may be."),
            Field(2, "topologyKey", .string, .always, required: true, "The node label whose value tells places apart."),
            Field(3, "whenUnsatisfiable", .string, .always, required: true, "DoNotSchedule or ScheduleAnyway."),
            Field(
                4, "labelSelector", .object(labelSelector), .pointer, atomic: true,
                "Which objects are meant, by their labels."),
            Field(5, "minDomains", .int32, .pointer, "How many places there should be at least."),
            Field(6, "nodeAffinityPolicy", .string, .pointer, "Honor (the default) or Ignore."),
            Field(7, "nodeTaintsPolicy", .string, .pointer, "Honor or Ignore (the default)."),
            Field(8, "matchLabelKeys", .array(.string), "Labels whose values are taken from the pod itself."),
        ])
}
