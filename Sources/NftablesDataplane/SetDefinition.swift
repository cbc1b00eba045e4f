internal import NetworkAddress

/// A set or map of the table. All data lives in these; none belongs to one service.
enum SetName: String, CaseIterable, Hashable, Sendable, Comparable {
    case externalIPs = "external-ips"
    case externalLocalIPs = "external-local-ips"
    case endpointCounts = "endpoint-counts"
    case endpoints = "endpoints"
    case noEndpoints = "no-endpoints"
    case clusterIPs = "cluster-ips"
    case serviceCIDRs = "service-cidrs"
    case nodePortIPs = "nodeport-ips"
    case firewallIPs = "firewall-ips"
    case sourceRanges = "source-ranges"
    case hairpin = "hairpin"
    case affinity = "affinity"
    case localAffinity = "local-affinity"

    static func < (left: SetName, right: SetName) -> Bool { left.rawValue < right.rawValue }

    /// Whether packets, not we, put the elements in.
    var isFilledByPackets: Bool { self == .affinity || self == .localAffinity }
}

/// What the kernel has to know of a set.
struct SetDefinition: Hashable, Sendable {
    enum KeyField: Hashable, Sendable {
        /// The destination, or the only address.
        case address
        case source
        case transport
        case port
        case slot
    }
    enum Value: Hashable, Sendable {
        case none
        case verdict
        /// Address and port of an endpoint.
        case endpoint
        case slot
    }

    var name: SetName
    var key: [KeyField]
    var value: Value = .none
    var isInterval = false
    var comment: String

    static func definition(of name: SetName) -> SetDefinition {
        let frontend: [KeyField] = [.address, .transport, .port]
        return switch name {
        case .externalIPs:
            SetDefinition(
                name: name, key: frontend,
                comment: "ExternalIPs and LoadBalancer IPs; NodePorts have a zero address")
        case .externalLocalIPs:
            SetDefinition(name: name, key: frontend, comment: "the same with externalTrafficPolicy Local")
        case .endpointCounts:
            SetDefinition(
                name: name, key: frontend + [.slot], value: .verdict,
                comment: "how many endpoints; last part: 0 Cluster policy, 1 Local policy; drop: none here")
        case .endpoints:
            SetDefinition(
                name: name, key: frontend + [.slot], value: .endpoint,
                comment: "endpoints by slot; from 0x10000 on for Local policy")
        case .noEndpoints:
            SetDefinition(
                name: name, key: frontend, value: .verdict, comment: "services without endpoints")
        case .clusterIPs: SetDefinition(name: name, key: [.address], comment: "active ClusterIPs")
        case .serviceCIDRs:
            SetDefinition(name: name, key: [.address], isInterval: true, comment: "ranges of ClusterIPs")
        case .nodePortIPs: SetDefinition(name: name, key: [.address], comment: "IPs that accept NodePort traffic")
        case .firewallIPs:
            SetDefinition(name: name, key: frontend, comment: "destinations with LoadBalancerSourceRanges")
        case .sourceRanges:
            SetDefinition(
                name: name, key: frontend + [.source], isInterval: true, comment: "who may use @firewall-ips")
        case .hairpin:
            SetDefinition(name: name, key: [.source, .address], comment: "endpoints that were sent back to themselves")
        case .affinity, .localAffinity:
            SetDefinition(
                name: name, key: [.source] + frontend, value: .slot,
                comment: "the slot that a client keeps (SessionAffinity ClientIP)")
        }
    }

    func keyLength(_ family: IPFamily) -> Int {
        key.reduce(0) { $0 + ($1 == .address || $1 == .source ? family.bitWidth / 8 : 4) }
    }

    func valueLength(_ family: IPFamily) -> Int {
        switch value {
        case .none, .verdict: 0
        case .endpoint: family.bitWidth / 8 + 4
        case .slot: 4
        }
    }

    /// Clients that session affinity remembers at most, for each of the two maps.
    var size: UInt32 { name.isFilledByPackets ? 1 << 20 : 0 }
}
