public import NetworkAddress
public import ServiceModel

/// What the nftables backend needs to know besides the services (`nftables` and detectLocalMode in
/// KubeProxyConfiguration).
public struct NftablesConfiguration: Sendable, Hashable {
    public var family: IPFamily
    /// Masquerade every connection to a cluster IP.
    public var masqueradeAll: Bool
    /// The bit of the packet mark that says "masquerade" between two hooks (1 << masqueradeBit).
    public var masqueradeMark: UInt32
    public var localTraffic: LocalTrafficDetector
    /// The name of the table; ours alone.
    public var table: String

    public init(
        family: IPFamily, masqueradeAll: Bool = false, masqueradeMark: UInt32 = 1 << 14,
        localTraffic: LocalTrafficDetector = .none, table: String = "viaduct"
    ) {
        self.family = family
        self.masqueradeAll = masqueradeAll
        self.masqueradeMark = masqueradeMark
        self.localTraffic = localTraffic
        self.table = table
    }
}
