public import NetworkAddress

/// What the iptables backend needs to know besides the services.
public struct IptablesConfiguration: Sendable, Hashable {
    public var family: IPFamily
    /// The bit of the packet mark that says "masquerade" (1 << masqueradeBit).
    public var masqueradeMark: UInt32
    /// Whether node ports are served on loopback addresses, too. IPv4 only; it needs the sysctl `route_localnet`.
    public var localhostNodePorts: Bool
    /// Whether forwarded packets that connection tracking calls invalid are dropped. Not with
    /// `nf_conntrack_tcp_be_liberal`, as upstream has it.
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
