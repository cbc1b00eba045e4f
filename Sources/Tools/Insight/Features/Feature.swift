package import Dataplane
package import HostInspection
package import IPVSDataplane
package import IptablesDataplane
package import NetworkAddress
package import Nftables
import NftablesDataplane
import ProxyConfiguration
import ProxyServer

/// A kernel feature, its probe, and the modes that need it.
package struct Feature: Hashable, Sendable {
    package enum Probe: Hashable, Sendable {
        case nftables(NftablesFeature, IPFamily)
        case legacyTable(String, IPFamily)
        case xtables(XtablesExtension, IPFamily)
        case ipvs
        case scheduler(IPVSScheduler)
        case device(kind: String)
        case conntrackNetlink
        case bpf(BPFProbe)
        /// A file that exists if the kernel has the feature.
        case file(String)
    }

    /// What it cannot be without; nil: nothing.
    var base: Probe? {
        switch probe {
        case .nftables(let feature, let family): feature == .tables ? nil : .nftables(.tables, family)
        case .xtables(_, let family): .legacyTable("filter", family)
        case .scheduler: .ipvs
        default: nil
        }
    }

    package enum Use: Hashable, Sendable {
        case needed
        /// The mode works without it, except for the named part.
        case optional(String)
    }

    package var name: String
    package var probe: Probe
    /// The kernel modules that provide it, if they are not built in.
    package var modules: [String]
    /// The kernel's configuration option.
    package var option: String
    package var uses: [Backend: Use]
    /// Nil: it belongs to no family.
    package var family: IPFamily?

    init(
        _ name: String, _ probe: Probe, modules: [String], option: String, uses: [Backend: Use] = [:],
        family: IPFamily? = nil
    ) {
        self.name = name
        self.probe = probe
        self.modules = modules
        self.option = option
        self.uses = uses
        self.family = family
    }
}

/// The result of a probe.
package enum FeatureState: Hashable, Sendable {
    case works
    /// The module is installed but not loaded. The probe was skipped, since it would load the module.
    case loadable(String)
    /// Missing, with the kernel's error.
    case missing(String)
    case hidden(String)
}
