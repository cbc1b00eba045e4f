public import NetworkAddress

/// The configuration of the iptables backend.
public struct IptablesConfiguration: Sendable, Hashable {
    public var family: IPFamily
    /// The bit of the packet mark that says "masquerade" (1 << masqueradeBit).
    public var masqueradeMark: UInt32
    /// Whether node ports are served on loopback addresses, too. IPv4 only; it needs the sysctl `route_localnet`.
    public var localhostNodePorts: Bool
    /// Whether to drop forwarded packets that connection tracking calls invalid. False with
    /// `nf_conntrack_tcp_be_liberal`, as upstream does.
    public var dropsInvalid: Bool
    public var engine: TableEngine

    public init(
        family: IPFamily, masqueradeMark: UInt32 = 1 << 14, localhostNodePorts: Bool = false,
        dropsInvalid: Bool = true, engine: TableEngine = .blob
    ) {
        self.family = family
        self.masqueradeMark = masqueradeMark
        self.localhostNodePorts = localhostNodePorts && family == .ipv4
        self.dropsInvalid = dropsInvalid
        self.engine = engine
    }
}
