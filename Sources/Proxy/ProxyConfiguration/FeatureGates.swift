/// The feature gates that a configuration may set. kube-proxy accepts the gates of every component, since clusters
/// often use one map for all. So does this proxy, which knows the gates of v1.36 and v1.37 (``FeatureGateFacts``).
package struct FeatureGates: Hashable, Sendable {
    enum Verdict: Hashable {
        /// Set to its default.
        case isDefault
        /// It has an effect on this proxy.
        case honoured
        case withoutEffect
        /// Locked to its default.
        case locked(Bool)
        case unknown(suggestion: String?)
    }

    /// `featureGates` of a configuration.
    let values: [String: Bool]

    package init(_ values: [String: Bool]) {
        self.values = values
    }

    /// Whether a gate is on: by its own setting, else by the setting for all gates of its stage, else by v1.37's
    /// default.
    package func isOn(_ name: String) -> Bool {
        if let value = values[name] { return value }
        guard let gate = FeatureGateFacts.v136[name] ?? FeatureGateFacts.v137[name] else { return false }
        switch gate.stage {
        case .alpha: return values["AllAlpha"] ?? gate.isOn
        case .beta: return values["AllBeta"] ?? gate.isOn
        case .stable, .deprecated: return gate.isOn
        }
    }

    static func check(_ name: String, _ value: Bool) -> Verdict {
        guard let gate = FeatureGateFacts.v136[name] ?? FeatureGateFacts.v137[name] else {
            return FeatureGateFacts.earlier.contains(name)
                ? .withoutEffect : .unknown(suggestion: SpellingSuggestion.nearest(to: name, among: all))
        }
        if value == gate.isOn { return .isDefault }
        if locked.contains(name) { return .locked(gate.isOn) }
        return honoured.contains(name) ? .honoured : .withoutEffect
    }

    /// All names, sorted.
    static var all: [String] { FeatureGateFacts.v137.keys.sorted() }

    /// The code that reads a gate explains its effect.
    static let allowServiceExternalIPs = "AllowServiceExternalIPs"
    static let localhostNodePorts = "KubeProxyNFTablesLocalhostNodePorts"
    static let ipvs = "KubeProxyIPVS"
    static let flagz = "ComponentFlagz"
    static let statusz = "ComponentStatusz"
    private static let honoured: Set<String> = [
        allowServiceExternalIPs, localhostNodePorts, ipvs, flagz, statusz, "AllAlpha", "AllBeta",
    ]

    /// Gates of kube-proxy that have become part of Kubernetes.
    private static let locked: Set<String> = [
        "ComponentSLIs", "LoadBalancerIPMode", "MultiCIDRServiceAllocator", "NFTablesProxyMode",
        "PreferSameTrafficDistribution", "ServiceTrafficDistribution", "TopologyAwareHints",
    ]
}
