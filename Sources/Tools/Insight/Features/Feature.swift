package import Dataplane
package import HostInspection
package import IPVSDataplane
package import IptablesDataplane
package import NetworkAddress
package import Nftables
import NftablesDataplane
import ProxyConfiguration
import ProxyServer

/// Something that a kernel may have, how to find out, and which modes need it.
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
        /// A file that is there where the kernel has the feature.
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
        /// The mode works without it, except for this.
        case optional(String)
    }

    package var name: String
    package var probe: Probe
    /// The kernel's modules with it, if they are not built in.
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

/// What a probe found.
package enum FeatureState: Hashable, Sendable {
    case works
    /// The kernel's module is installed and not loaded, so it was not asked: that would load it.
    case loadable(String)
    /// What the kernel answered.
    case missing(String)
    case hidden(String)
}
