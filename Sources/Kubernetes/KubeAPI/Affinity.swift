import JSONStream

/// Which nodes a pod requires or prefers (core/v1 Affinity).
public struct Affinity: Hashable, Sendable {
    /// Nil: any node.
    public var requiredNodes: NodeSelector?
    public var preferredNodes: [WeightedNodes] = []
    public var requiredPods: [PodTerm] = []
    public var preferredPods: [WeightedPods] = []
    /// Pods that must not be near it.
    public var requiredAntiPods: [PodTerm] = []
    public var preferredAntiPods: [WeightedPods] = []

    public struct WeightedNodes: Hashable, Sendable {
        /// 1...100.
        public var weight: Int32 = 0
        public var term = NodeSelector.Term()
    }

    public struct WeightedPods: Hashable, Sendable {
        /// 1...100.
        public var weight: Int32 = 0
        public var term = PodTerm()
    }

    /// Pods that a pod should be near to, or away from.
    public struct PodTerm: Hashable, Sendable {
        /// Nil matches no pod.
        public var selector: LabelSelector?
        /// With `namespaceSelector` nil and no names: the pod's own namespace.
        public var namespaces: [String] = []
        /// Nil: none; an empty one matches all namespaces.
        public var namespaceSelector: LabelSelector?
        /// The label whose value must be the same for nodes to count as near.
        public var topologyKey = ""
        public var matchLabelKeys: [String] = []
        public var mismatchLabelKeys: [String] = []

        public init() {}
    }

    public init() {}

    init(reading reader: inout JSONReader) throws {
        try reader.objectIfPresent { key, reader in
            switch key {
            case "nodeAffinity":
                try reader.objectIfPresent { key, reader in
                    switch key {
                    case "requiredDuringSchedulingIgnoredDuringExecution":
                        if try !reader.consumeNull() { requiredNodes = try NodeSelector(reading: &reader) }
                    case "preferredDuringSchedulingIgnoredDuringExecution":
                        preferredNodes = try reader.listIfPresent { try WeightedNodes(reading: &$0) }
                    default: try reader.skip()
                    }
                }
            case "podAffinity": (requiredPods, preferredPods) = try Self.pods(&reader)
            case "podAntiAffinity": (requiredAntiPods, preferredAntiPods) = try Self.pods(&reader)
            default: try reader.skip()
            }
        }
    }

    private static func pods(_ reader: inout JSONReader) throws -> ([PodTerm], [WeightedPods]) {
        var required: [PodTerm] = []
        var preferred: [WeightedPods] = []
        try reader.objectIfPresent { key, reader in
            switch key {
            case "requiredDuringSchedulingIgnoredDuringExecution":
                required = try reader.listIfPresent { try PodTerm(reading: &$0) }
            case "preferredDuringSchedulingIgnoredDuringExecution":
                preferred = try reader.listIfPresent { try WeightedPods(reading: &$0) }
            default: try reader.skip()
            }
        }
        return (required, preferred)
    }
}

extension Affinity.WeightedNodes {
    init(reading reader: inout JSONReader) throws {
        try reader.object { key, reader in
            switch key {
            case "weight": weight = try reader.integerIfPresent() ?? 0
            case "preference": term = try NodeSelector.Term(reading: &reader)
            default: try reader.skip()
            }
        }
    }
}

extension Affinity.WeightedPods {
    init(reading reader: inout JSONReader) throws {
        try reader.object { key, reader in
            switch key {
            case "weight": weight = try reader.integerIfPresent() ?? 0
            case "podAffinityTerm": term = try Affinity.PodTerm(reading: &reader)
            default: try reader.skip()
            }
        }
    }
}

extension Affinity.PodTerm {
    init(reading reader: inout JSONReader) throws {
        try reader.object { key, reader in
            switch key {
            case "labelSelector":
                if try !reader.consumeNull() { selector = try LabelSelector(reading: &reader) }
            case "namespaces": namespaces = try reader.stringsIfPresent()
            case "namespaceSelector":
                if try !reader.consumeNull() { namespaceSelector = try LabelSelector(reading: &reader) }
            case "topologyKey": topologyKey = try reader.stringIfPresent() ?? ""
            case "matchLabelKeys": matchLabelKeys = try reader.stringsIfPresent()
            case "mismatchLabelKeys": mismatchLabelKeys = try reader.stringsIfPresent()
            default: try reader.skip()
            }
        }
    }
}

/// Chooses nodes: one of the terms must match (core/v1 NodeSelector).
public struct NodeSelector: Hashable, Sendable {
    public struct Term: Hashable, Sendable {
        public var labels: [LabelSelector.Requirement] = []
        /// The only supported field is `metadata.name`.
        public var fields: [LabelSelector.Requirement] = []
        private var isUnknown = false

        public init() {}

        init(reading reader: inout JSONReader) throws {
            try reader.objectIfPresent { key, reader in
                switch key {
                case "matchExpressions": labels = try requirements(&reader)
                case "matchFields": fields = try requirements(&reader)
                default: try reader.skip()
                }
            }
        }

        private mutating func requirements(_ reader: inout JSONReader) throws -> [LabelSelector.Requirement] {
            let read = try reader.listIfPresent { try LabelSelector.Requirement(reading: &$0) }
            if read.contains(nil) { isUnknown = true }
            return read.compactMap { $0 }
        }

        /// An empty term matches nothing.
        public func matches(_ node: Node) -> Bool {
            guard !isUnknown, !labels.isEmpty || !fields.isEmpty else { return false }
            return labels.allSatisfy { $0.matches(node.metadata.labels) }
                && fields.allSatisfy { $0.matches(["metadata.name": node.metadata.name]) }
        }
    }

    public var terms: [Term] = []

    public init(terms: [Term] = []) {
        self.terms = terms
    }

    init(reading reader: inout JSONReader) throws {
        try reader.object { key, reader in
            guard "nodeSelectorTerms" ~= key else { return try reader.skip() }
            terms = try reader.listIfPresent { try Term(reading: &$0) }
        }
    }

    public func matches(_ node: Node) -> Bool { terms.contains { $0.matches(node) } }
}
