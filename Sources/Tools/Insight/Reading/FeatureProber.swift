import Conntrack
import HostInspection
import IPVSDataplane
import IptablesDataplane
import LinuxSystem
import NetworkAddress
import Nftables

/// Probes each feature of the catalog, in a temporary network namespace if one can be created, and without leaving
/// anything behind.
struct FeatureProber: Sendable {
    let modules: KernelModules
    let privileges: Privileges
    let loadsModules: Bool

    func probe(_ facts: inout HostFacts) {
        let wanted = FeatureCatalog.all.filter { facts.hasIPv6 || $0.family != .ipv6 }
        // Settings exist in the namespace that they are read in.
        let here = wanted.filter { !$0.probe.isOfNamespace }
        for feature in here { facts.features[feature] = state(feature, isApart: false) }
        let there = wanted.filter(\.probe.isOfNamespace)
        facts.features.merge(apart(there)) { $1 }
    }

    /// Probes in a temporary namespace; in this one, only what leaves nothing behind.
    private func apart(_ features: [Feature]) -> [Feature: FeatureState] {
        @Sendable func all(isApart: Bool) -> [Feature: FeatureState] {
            Dictionary(features.map { ($0, state($0, isApart: isApart)) }) { $1 }
        }
        guard privileges.has(.sysAdmin) else { return all(isApart: false) }
        do throws(SystemError) {
            return try NetworkNamespace().run { () throws(SystemError) in all(isApart: true) }
        } catch {
            return all(isApart: false)
        }
    }

    private func state(_ feature: Feature, isApart: Bool) -> FeatureState {
        if !loadsModules || modules.needLoading(feature.modules), let state = unloaded(feature) { return state }
        if let why = lack(feature.probe, isApart: isApart) { return .hidden(why) }
        do throws(SystemError) {
            try ask(feature.probe)
            return .works
        } catch {
            return error.isRefusal ? .hidden("not permitted: \(error.message)") : .missing(error.message)
        }
    }

    /// The state of a feature whose probe would load modules; nil if the probe loads none.
    private func unloaded(_ feature: Feature) -> FeatureState? {
        for module in feature.modules {
            switch modules.state(module) {
            case .installed: return .loadable(module)
            case .unknown where !feature.probe.isFile:
                return .hidden(
                    "asking may load the module \(module), and which modules there are is not to be seen here "
                        + "(no /lib/modules of this kernel): --load-modules asks")
            default: continue
            }
        }
        return nil
    }

    /// Why a probe cannot be made; nil if it can.
    private func lack(_ probe: Feature.Probe, isApart: Bool) -> String? {
        switch probe {
        case .file: nil
        case .bpf: nil
        case .nftables, .conntrackNetlink: privileges.lacks(.netAdmin)
        case .xtables: privileges.lacks(.netAdmin, .netRaw)
        case .ipvs: nil
        case .legacyTable, .scheduler, .device:
            isApart ? nil : privileges.lacks(.sysAdmin) ?? "no network namespace could be made to try it in"
        }
    }

    private func ask(_ probe: Feature.Probe) throws(SystemError) {
        switch probe {
        case .nftables(let feature, let family): try NftablesProbe.run(feature, family)
        case .legacyTable(let name, let family): try XtablesProbe.table(name, family)
        case .xtables(let wanted, let family): try XtablesProbe.run(wanted, family)
        case .ipvs: try IPVSProbe.run()
        case .scheduler(let scheduler): try IPVSProbe.run(scheduler)
        case .device(let kind): try NetworkDevice.add("viaduct-doctor", kind: kind)
        case .conntrackNetlink: _ = try ConntrackProbe.entryCount()
        case .bpf(let probe): try probe.run()
        case .file(let path): _ = try KernelFile.read(path, limit: 1)
        }
    }
}

extension Feature.Probe {
    var isFile: Bool { if case .file = self { true } else { false } }

    /// Whether it asks the network namespace that it runs in for something that may have to be made.
    var isOfNamespace: Bool {
        switch self {
        case .file, .bpf, .conntrackNetlink: false
        default: true
        }
    }
}
