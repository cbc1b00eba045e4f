import Dataplane
import IPVSDataplane
import IptablesDataplane
import NftablesDataplane

/// What of the kernel is programmed.
public enum KernelInterface: String, Codable, CaseIterable, Sendable {
    case legacyTables = "legacy tables"
    case nfTables = "nf_tables"
    case ipvs = "IPVS"

    /// Whose content it gets.
    var mode: Backend {
        switch self {
        case .legacyTables: .iptables
        case .nfTables: .nftables
        case .ipvs: .ipvs
        }
    }

    /// In the order of reports, the proxy's first.
    var ways: [KernelWay] { KernelWay.allCases.filter { $0.interface == self } }
}

/// One way to bring what a proxy mode wants into the kernel. All ways of one interface get the same content.
public enum KernelWay: String, Codable, CaseIterable, Sendable, CustomStringConvertible {
    /// The table's bytes, put together here.
    case blob
    case libiptc
    case iptablesRestore = "iptables-restore"
    case libnftnl
    case nft = "nft -f"
    case libnl
    case ipvsadm = "ipvsadm -R"

    public var interface: KernelInterface {
        switch self {
        case .blob, .libiptc, .iptablesRestore: .legacyTables
        case .libnftnl, .nft: .nfTables
        case .libnl, .ipvsadm: .ipvs
        }
    }

    /// Whether the proxy uses it by default.
    public var isOurs: Bool { tool == nil && self != .libiptc }

    /// The program that does it.
    var tool: ReferenceTool? {
        switch self {
        case .iptablesRestore: .iptablesRestore
        case .nft: .nft
        case .ipvsadm: .ipvsadm
        default: nil
        }
    }

    /// Whether a program of this host does it.
    public var isProgram: Bool { tool != nil }

    /// Its name in reports.
    public var description: String { "\(interface.rawValue) by \(self == .blob ? "our blob" : rawValue)" }

    /// Whether its rules are the same expressions as ours, not only as many: nft refuses what we use as the last part of
    /// a key (see ``NftScript``).
    var hasEqualRules: Bool { self != .nft }
}
