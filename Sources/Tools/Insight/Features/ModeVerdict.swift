import Dataplane
import IPVSDataplane
import IptablesDataplane
import NetworkAddress
import ProxyConfiguration
import ProxyServer

/// Whether a proxy mode works on this host.
package struct ModeVerdict: Codable, Hashable, Sendable {
    package enum State: String, Codable, Hashable, Sendable {
        case works
        /// The proxy starts, but some Services lack a feature.
        case limited
        /// The proxy does not start in this mode.
        case fails
        /// Some of its requirements could not be read.
        case unknown
    }

    package struct FeatureLine: Codable, Hashable, Sendable {
        package var name: String
        package var state: String
        package var detail: String
    }

    package var mode: String
    package var state: State
    /// What is missing or unknown.
    package var reasons: [String]
    package var cures: [String]
    package var features: [FeatureLine]

    init(_ mode: Backend, _ facts: HostFacts) {
        var judgement = Judgement()
        features = []
        for feature in FeatureCatalog.all {
            guard let use = feature.uses[mode], facts.hasIPv6 || feature.family != .ipv6 else { continue }
            let found = facts.features[feature] ?? .hidden("not looked at")
            features.append(Self.line(feature, found))
            if !Self.lacksBase(feature, facts) { judgement.judge(feature, use, found, facts) }
        }
        judgement.judgeSettings(mode, facts)
        if mode == .iptables { judgement.judgeCompatibleTables(facts) }
        self.mode = mode.name
        state = judgement.state
        // What matters less than the state is of no interest then.
        reasons = Self.unique(judgement.reasons.filter { $0.state == judgement.state }.map(\.text))
        cures = Self.unique(judgement.reasons.filter { $0.state == judgement.state }.compactMap(\.cure))
    }

    /// Whether a required feature is missing, which is reported already.
    private static func lacksBase(_ feature: Feature, _ facts: HostFacts) -> Bool {
        guard let base = feature.base, let found = facts.features.first(where: { $0.key.probe == base })?.value else {
            return false
        }
        switch found {
        case .missing: return true
        case .loadable: return facts.modules.needLoading(feature.modules)
        default: return false
        }
    }

    static func line(_ feature: Feature, _ found: FeatureState) -> FeatureLine {
        switch found {
        case .works: FeatureLine(name: feature.name, state: "works", detail: "")
        case .loadable(let module):
            FeatureLine(name: feature.name, state: "loadable", detail: "module \(module) is installed and not loaded")
        case .missing(let why): FeatureLine(name: feature.name, state: "missing", detail: why)
        case .hidden(let why): FeatureLine(name: feature.name, state: "unknown", detail: why)
        }
    }

    private static func unique(_ texts: [String]) -> [String] {
        var seen: Set<String> = []
        return texts.filter { seen.insert($0).inserted }
    }
}

private struct Judgement {
    var reasons: [(state: ModeVerdict.State, text: String, cure: String?)] = []

    /// The worst one.
    var state: ModeVerdict.State {
        let order: [ModeVerdict.State] = [.fails, .unknown, .limited]
        return order.first { state in reasons.contains { $0.state == state } } ?? .works
    }

    mutating func judge(_ feature: Feature, _ use: Feature.Use, _ found: FeatureState, _ facts: HostFacts) {
        switch found {
        case .works: return
        case .loadable(let module):
            guard case .needed = use, facts.modules.needLoading(feature.modules) else { return }
            add(
                .fails,
                "\(feature.name): the module \(module) is installed and not loaded, and the proxy does not load it",
                "modprobe \(feature.modules.last ?? module)")
        case .missing(let why):
            let cure = cure(feature, facts)
            switch use {
            case .needed: add(.fails, "\(feature.name): \(why)", cure)
            case .optional(let loss): add(.limited, "no \(feature.name) (\(why)): \(loss)", cure)
            }
        case .hidden(let why):
            if case .needed = use { add(.unknown, "could not look: \(why)", nil) }
        }
    }

    private func cure(_ feature: Feature, _ facts: HostFacts) -> String {
        let kernel = "use a kernel with \(feature.option)"
        guard let module = feature.modules.last(where: { facts.modules.state($0) == .absent }) else { return kernel }
        return "install the kernel's module \(module), or \(kernel)"
    }

    /// The proxy sets these at its start, and refuses it where it may not. What a process without the privilege may not
    /// write says nothing about a proxy.
    mutating func judgeSettings(_ mode: Backend, _ facts: HostFacts) {
        guard facts.privileges.has(.netAdmin) else { return }
        for setting in facts.changedSettings(mode)
        where setting.isRequired && facts.settings[setting.path]?.value != nil
            && facts.unwritable.contains(setting.path)
        {
            add(
                .fails, "\(setting.path) has to be \(setting.value), and cannot be written from here",
                facts.setting(setting.path, setting.value))
        }
    }

    mutating func judgeCompatibleTables(_ facts: HostFacts) {
        guard !HostTraces(facts).compatible({ $0 == "KUBE-SERVICES" }).isEmpty else { return }
        add(
            .fails, "another service proxy's chains (KUBE-SERVICES) are in nf_tables, made by iptables-nft",
            "kube-proxy --cleanup")
    }

    private mutating func add(_ state: ModeVerdict.State, _ text: String, _ cure: String?) {
        reasons.append((state, text, cure))
    }
}
