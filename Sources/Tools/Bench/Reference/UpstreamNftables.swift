import NetworkAddress

/// The table as kube-proxy's nftables mode (v1.36, pkg/proxy/nftables) writes it in a full sync: a verdict map that leads to
/// a chain for each service port, which leads to a chain for each endpoint. Names differ as in ``LinearIptables``.
struct UpstreamNftables {
    private let workload: Workload

    init(_ workload: Workload) {
        self.workload = workload
    }

    var text: String {
        var text = Self.beginning
        for port in ServicePorts(workload) { write(port, to: &text) }
        return text
    }

    private func write(_ port: ServicePorts.Port, to text: inout String) {
        let name = "\(Workload.namespace)/svc-\(port.service)/\(port.transport)/\(port.transport)"
        let chain = "service-\(port.hash.prefix(8))-\(name)"
        let endpoints = port.endpoints.enumerated().map { number, endpoint in
            "endpoint-\(port.hash(of: number).prefix(8))-\(name)__\(endpoint.address)/\(Workload.endpointPort)"
        }
        for one in endpoints { text += Self.chain(one) }
        text += Self.chain(chain)
        // Both ports of a service have its address, which is added once.
        if port.transport == "tcp" { text += "add element ip kube-proxy cluster-ips { \(port.clusterIP) }\n" }
        text +=
            "add element ip kube-proxy service-ips { \(port.clusterIP) . \(port.transport) . \(Workload.servicePort) : "
            + "goto \(chain) }\n"
        text +=
            "add rule ip kube-proxy \(chain) ip daddr \(port.clusterIP) ip saddr != \(ServicePorts.pods) "
            + "jump mark-for-masquerade\n"
        let choices = endpoints.enumerated().map { "\($0) : goto \($1)" }.joined(separator: " , ")
        text += "add rule ip kube-proxy \(chain) numgen random mod \(endpoints.count) vmap { \(choices) }\n"
        for (own, endpoint) in zip(endpoints, port.endpoints) {
            text += "add rule ip kube-proxy \(own) ip saddr \(endpoint.address) jump mark-for-masquerade\n"
            text += "add rule ip kube-proxy \(own) meta l4proto \(port.transport) dnat to \(endpoint)\n"
        }
    }

    /// Upstream empties what it adds, whether or not it was there.
    private static func chain(_ name: String, _ hook: String = "") -> String {
        "add chain ip kube-proxy \(name)\(hook)\nflush chain ip kube-proxy \(name)\n"
    }

    private static let beginning =
        "add table ip kube-proxy { comment \"rules for kube-proxy\" ; }\n"
        + hooks.map { chain($0.name, " { type \($0.type) hook \($0.hook) priority \($0.priority) ; }") }.joined()
        + [
            "nodeport-endpoints-check", "service-endpoints-check", "firewall-check", "services", "masquerading",
            "cluster-ips-check", "mark-for-masquerade", "reject-chain",
        ].map { chain($0) }.joined()
        + containers.map { kind, name, type in
            "add \(kind) ip kube-proxy \(name) { type \(type) ; }\nflush \(kind) ip kube-proxy \(name)\n"
        }.joined()
        + rules.map { "add rule ip kube-proxy \($0)\n" }.joined()
        + "add element ip kube-proxy nodeport-ips { \(WorldAddresses.nodeToClients) }\n"

    private static let hooks: [(name: String, type: String, hook: String, priority: Int)] = [
        ("filter-prerouting-pre-dnat", "filter", "prerouting", -110),
        ("filter-output-pre-dnat", "filter", "output", -110),
        ("filter-input", "filter", "input", 0),
        ("filter-forward", "filter", "forward", 0),
        ("filter-output", "filter", "output", 0),
        ("nat-prerouting", "nat", "prerouting", -100),
        ("nat-output", "nat", "output", -100),
        ("nat-postrouting", "nat", "postrouting", 100),
    ]

    private static let containers = [
        ("set", "cluster-ips", "ipv4_addr"),
        ("set", "nodeport-ips", "ipv4_addr"),
        ("map", "no-endpoint-services", "ipv4_addr . inet_proto . inet_service : verdict"),
        ("map", "no-endpoint-nodeports", "inet_proto . inet_service : verdict"),
        ("map", "firewall-ips", "ipv4_addr . inet_proto . inet_service : verdict"),
        ("map", "service-ips", "ipv4_addr . inet_proto . inet_service : verdict"),
        ("map", "service-nodeports", "inet_proto . inet_service : verdict"),
    ]

    /// What is not of one service.
    private static let rules = [
        "filter-input ct state new jump nodeport-endpoints-check",
        "filter-input ct state new jump service-endpoints-check",
        "filter-forward ct state new jump service-endpoints-check",
        "filter-output ct state new jump service-endpoints-check",
        "filter-prerouting-pre-dnat ct state new jump firewall-check",
        "filter-output-pre-dnat ct state new jump firewall-check",
        "nat-output jump services",
        "nat-prerouting jump services",
        "nat-postrouting jump masquerading",
        "filter-forward ct state new jump cluster-ips-check",
        "filter-output ct state new jump cluster-ips-check",
        "mark-for-masquerade mark set mark or 0x4000",
        "masquerading mark and 0x4000 == 0 return",
        "masquerading mark set mark xor 0x4000",
        "masquerading masquerade fully-random",
        "cluster-ips-check ip daddr @cluster-ips reject",
        "cluster-ips-check ip daddr { \(Workload.serviceNetwork) } drop",
        "reject-chain reject",
        "service-endpoints-check ip daddr . meta l4proto . th dport vmap @no-endpoint-services",
        "nodeport-endpoints-check ip daddr @nodeport-ips meta l4proto . th dport vmap @no-endpoint-nodeports",
        "firewall-check ip daddr . meta l4proto . th dport vmap @firewall-ips",
        "services ip daddr . meta l4proto . th dport vmap @service-ips",
        "services ip daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports",
    ]
}
