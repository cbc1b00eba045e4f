public import Dataplane
import IPVSDataplane
import IptablesDataplane
import NftablesDataplane
import UserspaceDataplane

extension Backend: CaseIterable {
    /// All there are, in the order in which users see them. The first is the default.
    public static let allCases: [Backend] = [.nftables, .iptables, .ipvs, .userspace]

    /// The one with this name.
    public static func named(_ name: String) -> Backend? { allCases.first { $0.name == name } }

    /// Those that program the kernel's packet filters.
    public static var netfilter: [Backend] { allCases.filter(\.usesNetfilter) }

    public var usesNetfilter: Bool { capabilities.contains(.netfilter) }
}
