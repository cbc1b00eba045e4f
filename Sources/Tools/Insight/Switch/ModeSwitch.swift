import Dataplane
import IptablesDataplane
import NetworkAddress
import ProxyConfiguration
import ProxyServer

/// What changes on this host when the proxy runs in another mode.
package struct ModeSwitch: Codable, Hashable, Sendable {
    package var to: String
    /// The modes that have something in the kernel now.
    package var from: [String]
    /// The modes that `differences` compares with.
    package var comparedWith: [String]
    /// Why the proxy would not start.
    package var refusals: [String]
    package var comes: [String]
    package var goes: [String]
    package var differences: [String]

    init(to mode: Backend, _ facts: HostFacts) {
        let traces = HostTraces(facts)
        let verdict = ModeVerdict(mode, facts)
        let others = Backend.allCases.filter { $0 != mode && !traces.ours($0).isEmpty }
        to = mode.name
        from = others.map(\.name)
        refusals = verdict.state == .fails ? verdict.reasons : []
        if verdict.state == .unknown { refusals = verdict.reasons.map { "perhaps: \($0)" } }
        comes = ModeProfile.of(mode).objects(facts)
        goes = others.flatMap { other in
            traces.ours(other).map { "\(other.name): \($0.value) (\($0.source))" }
        }
        let kubeProxys = traces.legacy(HostTraces.isKubeProxys)
        if mode != .iptables, !kubeProxys.isEmpty {
            goes += kubeProxys.map { "kube-proxy: \($0.value) (\($0.source))" }
        }
        if !Self.hidden(facts).isEmpty {
            goes.append("not known: \(Self.hidden(facts).joined(separator: " and ")) could not be looked at")
        }
        // With nothing in force, kube-proxy's answers are what connections are used to.
        let before = others.isEmpty ? [Backend.iptables].filter { $0 != mode } : others
        comparedWith = before.map(\.name)
        differences = ModeDifference.between(before, mode)
    }

    private static func hidden(_ facts: HostFacts) -> [String] {
        var names: [String] = []
        if case .hidden = facts.ruleset { names.append("nf_tables") }
        for family in facts.families {
            if case .hidden = facts.legacyTables[family] { names.append("the legacy tables of \(family.rawValue)") }
        }
        return names
    }
}
