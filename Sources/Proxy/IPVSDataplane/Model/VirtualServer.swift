internal import NetworkAddress
internal import ServiceModel

/// What names a virtual server within one IP family.
enum VirtualServerKey: Hashable, Sendable, CustomStringConvertible {
    /// An address and port; never a node port.
    case frontend(FrontendKey)
    /// The mark that nf_tables set on the packet.
    case mark(UInt32)

    /// As ipvsadm writes it.
    var description: String {
        switch self {
        case .frontend(let key): "\(key.transport.apiName) \(EndpointAddress(key.ip, key.port))"
        case .mark(let mark): "FWM \(mark)"
        }
    }
}

/// How a virtual server spreads connections.
struct VirtualServerSettings: Hashable, Sendable {
    /// IP_VS_SVC_F_PERSISTENT of linux/ip_vs.h.
    static let persistent: UInt32 = 0x1

    /// The kernel's name.
    var scheduler: String
    /// IP_VS_SVC_F_*, those of the scheduler and for persistence.
    var flags: UInt32
    /// Seconds of session affinity; 0: none.
    var timeout: UInt32

    init(scheduler: String, flags: UInt32 = 0, timeout: UInt32 = 0) {
        self.scheduler = scheduler
        self.flags = flags
        self.timeout = timeout
    }

    init(_ scheduling: IPVSScheduling, affinityTimeout: UInt32? = nil) {
        scheduler = scheduling.scheduler.rawValue
        flags = scheduling.flags.rawValue
        timeout = affinityTimeout ?? 0
        // Without it clients of an endpoint that drains are refused: these schedulers keep it in their tables, and do
        // not look for another one by themselves.
        if [.sourceHashing, .maglevHashing].contains(scheduling.scheduler) {
            flags |= IPVSScheduling.Flags.fallback.rawValue
        }
        if affinityTimeout != nil { flags |= Self.persistent }
    }

    /// Has weights count.
    mutating func weigh(with weighting: [IPVSScheduler: IPVSScheduler]) {
        guard let plain = IPVSScheduler(rawValue: scheduler), let weighted = weighting[plain] else { return }
        scheduler = weighted.rawValue
    }

    /// Whether an endpoint can stay at weight 0 until its connections end. Destination hashing goes on choosing it, and
    /// refuses.
    var allowsDraining: Bool { scheduler != IPVSScheduler.destinationHashing.rawValue }

    /// As ipvsadm writes it.
    var text: String {
        var text = scheduler
        if flags & IPVSScheduling.Flags.fallback.rawValue != 0 { text += " \(scheduler)-fallback" }
        if flags & IPVSScheduling.Flags.port.rawValue != 0 { text += " \(scheduler)-port" }
        return flags & Self.persistent == 0 ? text : text + " persistent \(timeout)"
    }
}

/// A desired virtual server.
struct VirtualServer: Hashable, Sendable {
    var settings: VirtualServerSettings
    /// Weights.
    var endpoints: [EndpointAddress: UInt16]
}

/// A virtual server in the kernel.
struct KernelServer: Sendable {
    struct Endpoint: Hashable, Sendable {
        var weight: UInt32
        /// Active and inactive connections; nil if not read.
        var connections: Int?
        /// TCP connections that are established.
        var active = 0
        /// Whether packets are translated, as ours are; ipvsadm knows other ways.
        var isTranslating = true
    }

    var settings: VirtualServerSettings
    var endpoints: [EndpointAddress: Endpoint]

    init(settings: VirtualServerSettings, endpoints: [EndpointAddress: Endpoint]) {
        self.settings = settings
        self.endpoints = endpoints
    }

    /// What was programmed, as far as this process knows.
    init(_ server: VirtualServer) {
        settings = server.settings
        endpoints = server.endpoints.mapValues { Endpoint(weight: UInt32($0)) }
    }
}
