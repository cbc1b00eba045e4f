public import NetworkAddress

/// The configuration of the nftables backend.
public struct NftablesConfiguration: Sendable, Hashable {
    public var family: IPFamily
    /// The bit of the packet mark that says "masquerade" between two hooks (1 << masqueradeBit).
    public var masqueradeMark: UInt32
    /// The name of the table; ours alone.
    public var table: String

    public init(
        family: IPFamily, masqueradeMark: UInt32 = 1 << 14, table: String = "viaduct"
    ) {
        self.family = family
        self.masqueradeMark = masqueradeMark
        self.table = table
    }
}
