internal import Nftables
internal import NftablesServices

/// The sets and maps of the table. They hold all data; none belongs to one Service. Maps with elements of Services hold
/// no verdicts, because kernels walk all elements of a verdict map when one is added.
extension SetName {
    static let externalIPs = SetName(rawValue: "external-ips")
    static let externalLocalIPs = SetName(rawValue: "external-local-ips")
    static let endpointCounts = SetName(rawValue: "endpoint-counts")
    static let endpoints = SetName(rawValue: "endpoints")
    static let noEndpoints = SetName(rawValue: "no-endpoints")
    static let clusterIPs = SetName(rawValue: "cluster-ips")
    static let serviceCIDRs = SetName(rawValue: "service-cidrs")
    static let affinityNumbers = SetName(rawValue: "affinity-numbers")
    static let affinity = SetName(rawValue: "affinity-clients")
    static let localAffinity = SetName(rawValue: "local-affinity-clients")
}

extension SetDefinition {
    static let all = Firewall.sets + frontendSets + endpointSets + balancerSets + addressSets + affinitySets

    private static let frontendSets = [
        SetDefinition(
            name: .externalIPs, key: ServiceFields.key,
            comment: "ExternalIPs and LoadBalancer IPs; NodePorts have a zero address"),
        SetDefinition(
            name: .externalLocalIPs, key: ServiceFields.key, comment: "the same with externalTrafficPolicy Local"),
    ]

    private static let endpointSets = [
        SetDefinition(
            name: .endpointCounts, key: ServiceFields.key + [.slot], value: .mark,
            comment: "how many endpoints, see @balancers; last part of the key: 0 Cluster policy, 1 Local policy"),
        SetDefinition(
            name: .endpoints, key: ServiceFields.key + [.slot], value: .destination,
            comment: "endpoints by slot; from 0x10000 on for Local policy"),
        SetDefinition(name: .noEndpoints, key: ServiceFields.key, comment: "services without endpoints"),
    ]

    private static let balancerSets = BalancerKind.all.map { kind in
        SetDefinition(
            name: kind.map, key: [.slot], value: .verdict,
            comment: "from @endpoint-counts to chains; 15 bits of the number: endpoints, the rest: seconds of affinity")
    }

    private static let addressSets = [
        SetDefinition(name: .clusterIPs, key: [.address], comment: "active ClusterIPs"),
        SetDefinition(name: .serviceCIDRs, key: [.address], isInterval: true, comment: "ranges of ClusterIPs"),
        NodePortAddresses.set, HairpinPairs.set,
    ]

    /// Clients that session affinity remembers at most, for each of the two maps.
    private static let maximumClients: UInt32 = 1 << 20

    private static let affinitySets =
        [
            SetDefinition(
                name: .affinityNumbers, key: ServiceFields.key, value: .mark,
                comment: "a number for each service port with SessionAffinity ClientIP, whatever the address")
        ]
        + [SetName.affinity, .localAffinity].map { name in
            SetDefinition(
                name: name, key: [.source, .slot], value: .mark, isFilledByPackets: true, size: maximumClients,
                comment: "the slot that a client keeps, by its address and a number of @affinity-numbers")
        }
}
