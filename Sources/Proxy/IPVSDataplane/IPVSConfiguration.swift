public import NetworkAddress

/// The configuration of the ipvs backend.
public struct IPVSConfiguration: Sendable, Hashable {
    /// Idle timeouts of connections in whole seconds; 0 keeps the kernel's value. They apply to the whole network
    /// namespace.
    public struct Timeouts: Sendable, Hashable {
        public var tcp: UInt32
        public var tcpFin: UInt32
        public var udp: UInt32

        public init(tcp: UInt32 = 0, tcpFin: UInt32 = 0, udp: UInt32 = 0) {
            self.tcp = tcp
            self.tcpFin = tcpFin
            self.udp = udp
        }
    }

    /// The device that holds the service addresses; CNI plugins know it by this name.
    public static let device = "kube-ipvs0"

    public var family: IPFamily
    /// The bit of the packet mark that says "masquerade" between two hooks (1 << masqueradeBit).
    public var masqueradeMark: UInt32
    /// For Services that do not choose a scheduler.
    public var scheduling: IPVSScheduling
    /// Virtual servers with addresses in these ranges are left alone unless they belong to a Service.
    public var excludedNetworks: [IPNetwork]
    public var timeouts: Timeouts
    /// An endpoint that is gone keeps its connections at most this long.
    public var drainTimeout: Duration
    /// The name of the nf_tables table; ours alone.
    public var table: String

    public init(
        family: IPFamily, masqueradeMark: UInt32 = 1 << 14, scheduling: IPVSScheduling = IPVSScheduling(),
        excludedNetworks: [IPNetwork] = [], timeouts: Timeouts = Timeouts(),
        drainTimeout: Duration = .seconds(15 * 60), table: String = "viaduct-ipvs"
    ) {
        self.family = family
        self.masqueradeMark = masqueradeMark
        self.scheduling = scheduling
        self.excludedNetworks = excludedNetworks
        self.timeouts = timeouts
        self.drainTimeout = drainTimeout
        self.table = table
    }
}
