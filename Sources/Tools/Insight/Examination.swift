import Dataplane
import NetworkAddress
import ProxyConfiguration
import ProxyServer
import UserspaceDataplane

/// Judges the facts about a host. Pure: the same facts give the same report.
package enum Examination {
    package static func report(_ facts: HostFacts, _ options: DoctorOptions) -> DoctorReport {
        let modes = options.modes.map { ModeVerdict($0, facts) }
        let names = Set(options.modes.map(\.name))
        let findings = (modeFindings(modes, facts, options) + allFindings(facts, options)).filter {
            !names.isDisjoint(with: $0.modes)
        }
        let ordered = findings.enumerated().sorted {
            ($1.element.severity, $0.offset) < ($0.element.severity, $1.offset)
        }
        return DoctorReport(
            kernel: facts.release, isHostNetwork: facts.isFirstNamespace, modes: modes,
            findings: ordered.map(\.element), gaps: gaps(facts, options),
            modeSwitch: options.asksForSwitch ? options.mode.map { ModeSwitch(to: $0, facts) } : nil,
            general: generalFeatures(facts))
    }

    private static func allFindings(_ facts: HostFacts, _ options: DoctorOptions) -> [Finding] {
        SettingRule.all.flatMap { $0.findings(facts) } + ForwardingFindings.all(facts) + FilterFindings.all(facts)
            + ConntrackFindings.all(facts) + PortFindings.all(facts, nodePorts: options.nodePorts)
            + ProgramFindings.all(facts) + DeviceFindings.all(facts) + FileFindings.all(facts)
            + ClockFindings.all(facts)
    }

    // MARK: Modes

    /// A mode that does not work matters where it is asked for or in force, or where no other one is left.
    private static func modeFindings(
        _ verdicts: [ModeVerdict], _ facts: HostFacts, _ options: DoctorOptions
    ) -> [Finding] {
        let traces = HostTraces(facts)
        let isLost = verdicts.allSatisfy { $0.state == .fails || $0.mode == Backend.userspace.name }
        return verdicts.compactMap { verdict in
            guard let mode = Backend.named(verdict.mode), verdict.state == .fails || verdict.state == .limited
            else {
                return nil
            }
            let matters = options.mode == mode || !traces.ours(mode).isEmpty || isLost
            let severity: Severity = !matters ? .note : verdict.state == .fails ? .error : .warning
            return Finding(
                "mode-\(verdict.mode)", severity,
                verdict.state == .fails
                    ? "\(verdict.mode) mode does not work on this host" : "\(verdict.mode) mode works with exceptions",
                modes: [mode], evidence: verdict.reasons.map { Finding.Evidence("probe", $0) }, cures: verdict.cures)
        }
    }

    private static func generalFeatures(_ facts: HostFacts) -> [ModeVerdict.FeatureLine] {
        FeatureCatalog.all.filter { $0.uses.isEmpty }.map {
            ModeVerdict.line($0, facts.features[$0] ?? .hidden("not looked at"))
        }
    }

    // MARK: What could not be looked at

    private static func gaps(_ facts: HostFacts, _ options: DoctorOptions) -> [Gap] {
        var gaps: [Gap] = []
        for family in facts.families {
            gaps += facts.legacyTables[family]?.gap("the legacy tables of \(family.rawValue)") ?? []
        }
        gaps += facts.ruleset.gap("the rules in nf_tables")
        gaps += facts.virtualServers.gap("IPVS's virtual servers")
        gaps += facts.devices.gap("devices and their MTUs")
        gaps += facts.serviceRoutes.gap("local routes of Services")
        gaps += facts.listeners.gap("listening sockets")
        gaps += facts.programs.gap("programs of this host")
        gaps += facts.clock.gap("the clock")
        gaps += facts.settings.sorted { $0.key < $1.key }.flatMap { $0.value.gap($0.key) }
        if let listeners = facts.listeners.value,
            listeners.contains(where: { options.nodePorts.contains($0.port) && $0.owner == nil })
        {
            gaps.append(Gap("which programs listen on node ports", Privileges().lacks(.sysPtrace) ?? ""))
        }
        return gaps + featureGaps(facts, options)
    }

    /// One line for all features that could not be probed for the same reason.
    private static func featureGaps(_ facts: HostFacts, _ options: DoctorOptions) -> [Gap] {
        var reasons: [String: [String]] = [:]
        for feature in FeatureCatalog.all where facts.hasIPv6 || feature.family != .ipv6 {
            guard feature.uses.isEmpty || options.modes.contains(where: { feature.uses[$0] != nil }),
                case .hidden(let why) = facts.features[feature]
            else { continue }
            reasons[why, default: []].append(feature.name)
        }
        return reasons.sorted { $0.key < $1.key }.map { why, names in
            Gap(names.count == 1 ? names[0] : "\(names.count) features of the kernel, such as \(names[0])", why)
        }
    }
}
