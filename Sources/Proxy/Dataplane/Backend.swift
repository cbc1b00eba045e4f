public import Logging
public import NetworkAddress
public import ServiceModel

/// A way to program the kernel: all that the rest of the proxy needs to know about a mode. A new one is a folder with a
/// ``Dataplane`` and such a value, and an entry in `allCases`.
public struct Backend: Sendable {
    public struct Capabilities: OptionSet, Hashable, Sendable {
        public let rawValue: Int

        public init(rawValue: Int) { self.rawValue = rawValue }

        /// It programs the kernel's packet filters, which needs CAP_NET_ADMIN and connection tracking.
        public static let netfilter = Capabilities(rawValue: 1)
        /// Endpoints can have weights.
        public static let weights = Capabilities(rawValue: 2)
        /// Node ports can be served on IPv4 loopback addresses, if `localhostNodePorts` of the section says so.
        public static let localhostNodePorts = Capabilities(rawValue: 4)
        /// Node ports are served on loopback addresses as on others.
        public static let loopback = Capabilities(rawValue: 8)
        /// Without `nodePortAddresses` node ports are served on the node's primary addresses, not on all.
        public static let primaryNodePorts = Capabilities(rawValue: 16)
        /// Connections end at this host's own sockets or virtual servers, behind the input hook, and continue from
        /// there as if they began here; without this, they are translated before routing.
        public static let takesAtInput = Capabilities(rawValue: 32)
        /// This host's own packets to an external address of a Service without endpoints pass as if there were no
        /// proxy, as upstream does; others are refused.
        public static let passesOwnToExternal = Capabilities(rawValue: 64)
        /// Connections of sockets can be translated beside it when they are made.
        public static let socketBalancing = Capabilities(rawValue: 128)
    }

    public typealias Retire =
        @Sendable (
            BackendSettings, IPFamily, Logger, _ isFirst: Bool, _ successor: Backend
        ) async throws(DataplaneError) -> Retirement

    /// What became of another mode's traces, now that this one is in force.
    public enum Retirement: Int, Hashable, Sendable, Comparable {
        case nothingThere, isGone
        /// Something stays for connections that have not ended.
        case isLeft

        public static func < (left: Retirement, right: Retirement) -> Bool { left.rawValue < right.rawValue }
    }

    /// The section of KubeProxyConfiguration with the mode's periods and masquerade bit.
    public enum Section: String, Hashable, Sendable {
        case iptables, ipvs, nftables
    }

    /// A metric of upstream for this mode, beside ours for all modes.
    public struct Counter: Hashable, Sendable {
        public var name: String
        public var help: String

        public init(_ name: String, _ help: String) {
            self.name = name
            self.help = help
        }
    }

    /// `mode` in the configuration.
    public var name: String
    public var section: Section
    public var capabilities: Capabilities
    /// What it puts on the host.
    public var traces: [Trace]
    /// Annotations of Services that it reads.
    public var annotations: Set<String>
    /// The figures in its reports.
    public var figures: [Figure]
    /// Upstream's counters of failed syncs and clean-ups.
    public var failedSyncs: Counter?
    public var failedCleanups: Counter?
    /// How it treats connections to Service addresses on ports that no Service has.
    public var strays: StrayConnections
    /// Reads everything that a connection depends on from the kernel, by other means than the backend writes it.
    public var evidence: @Sendable (BackendSettings, KernelQuestion) throws(DataplaneError) -> KernelEvidence
    /// Explains its nf_tables chains to users; nil for a chain that needs no explanation.
    public var chainWords: @Sendable (_ chain: String) -> String?
    /// Validates its own fields of the section; returns the faults by field.
    public var faults: @Sendable (BackendSettings.Options) -> [(field: String, text: String)]
    /// Kernel settings that it needs, in the order in which they are written.
    public var hostSettings: @Sendable (BackendSettings, _ release: String) -> [HostSetting]
    /// Reports changes by others as they happen; nil if the kernel does not.
    public var watch: DriftWatch?
    /// The interval at which ``Dataplane/looksAsLeft()`` is called; nil: never.
    public var probePeriod: Duration?
    /// Opens the kernel handle. Fails with a message for the user if the kernel lacks what the mode needs.
    public var make: @Sendable (BackendSettings, IPFamily, Logger) throws(DataplaneError) -> any Dataplane
    /// Removes what the mode left in the kernel and no connection needs, and has the rest take no new ones; `isFirst`: this
    /// process has not done it yet; `successor`: the mode that is in force. Nil: connections go on without it.
    public var retire: Retire?
    /// The UDP connections that it translates without netfilter, so that conntrack may remember them for longer. Nil: none.
    public var ownConnections: (@Sendable (IPFamily) throws(DataplaneError) -> Set<AnswerEvent.Connection>)?
    /// The TCP connections to Services that its own sockets carry. Nil: none.
    public var carriedConnections: (@Sendable (IPFamily) throws(DataplaneError) -> Set<AnswerEvent.Connection>)?
    /// Removes what the mode left in the kernel; false if there was nothing.
    public var removeLeftovers: @Sendable (BackendSettings, IPFamily, Logger) async throws(DataplaneError) -> Bool

    public init(
        name: String, section: Section, capabilities: Capabilities = [], traces: [Trace] = [],
        annotations: Set<String> = [], figures: [Figure] = [], failedSyncs: Counter? = nil,
        failedCleanups: Counter? = nil, strays: StrayConnections = .pass,
        evidence: @escaping @Sendable (BackendSettings, KernelQuestion) throws(DataplaneError) -> KernelEvidence = {
            _, _ in KernelEvidence()
        },
        chainWords: @escaping @Sendable (_ chain: String) -> String? = { _ in nil },
        faults: @escaping @Sendable (BackendSettings.Options) -> [(field: String, text: String)] = { _ in [] },
        hostSettings: @escaping @Sendable (BackendSettings, _ release: String) -> [HostSetting] = { _, _ in [] },
        watch: DriftWatch? = nil, probePeriod: Duration? = nil,
        make: @escaping @Sendable (BackendSettings, IPFamily, Logger) throws(DataplaneError) -> any Dataplane,
        retire: Retire? = nil,
        ownConnections: (@Sendable (IPFamily) throws(DataplaneError) -> Set<AnswerEvent.Connection>)? = nil,
        carriedConnections: (@Sendable (IPFamily) throws(DataplaneError) -> Set<AnswerEvent.Connection>)? = nil,
        removeLeftovers:
            @escaping @Sendable (BackendSettings, IPFamily, Logger) async throws(DataplaneError) -> Bool
    ) {
        self.name = name
        self.section = section
        self.capabilities = capabilities
        self.traces = traces
        self.annotations = annotations
        self.figures = figures
        self.failedSyncs = failedSyncs
        self.failedCleanups = failedCleanups
        self.strays = strays
        self.evidence = evidence
        self.chainWords = chainWords
        self.faults = faults
        self.hostSettings = hostSettings
        self.watch = watch
        self.probePeriod = probePeriod
        self.make = make
        self.retire = retire
        self.ownConnections = ownConnections
        self.carriedConnections = carriedConnections
        self.removeLeftovers = removeLeftovers
    }

    /// Annotations that give endpoints weights, if it supports weights; the first one on a Service counts.
    public var weightAnnotations: [String] {
        capabilities.contains(.weights) ? ["viaduct.io/weights", "viaduct.io/ipvs-weights"] : []
    }

    /// The rtm_protocol numbers of its local routes to Service addresses.
    public var routeMakers: Set<UInt8> {
        Set(
            traces.compactMap { trace in
                switch trace {
                case .device(_, let maker), .localRoutes(let maker): maker
                default: nil
                }
            })
    }

    /// Its own devices: their addresses exist for Services only and are not the node's.
    public var devices: [String] {
        traces.compactMap { if case .device(let name, _) = $0 { name } else { nil } }
    }
}

/// By name.
extension Backend: Hashable {
    public static func == (left: Backend, right: Backend) -> Bool { left.name == right.name }
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
