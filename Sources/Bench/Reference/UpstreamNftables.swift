import NetworkAddress

/// The table as kube-proxy's nftables mode writes it: a verdict map that leads to a chain for each service port, which
/// leads to a chain for each endpoint. Chains and sets of other features are left out.
struct UpstreamNftables {
    private let workload: Workload

    init(_ workload: Workload) {
        self.workload = workload
    }

    var text: String {
        var chains = ""
        var rules = ""
        var elements = ""
        for port in ServicePorts(workload) {
            let name = "\(Workload.namespace)/svc-\(port.service)/\(port.transport)/\(port.transport)"
            let chain = "service-\(port.hash.prefix(8))-\(name)"
            chains += "add chain ip kube-proxy \(chain)\n"
            rules +=
                "add rule ip kube-proxy \(chain) ip daddr \(port.clusterIP) \(port.transport) dport "
                + "\(Workload.servicePort) ip saddr != \(ServicePorts.pods) jump mark-for-masquerade\n"
            var choices: [String] = []
            for (number, endpoint) in port.endpoints.enumerated() {
                let own =
                    "endpoint-\(port.hash(of: number).prefix(8))-\(name)__\(endpoint.address)/\(Workload.endpointPort)"
                chains += "add chain ip kube-proxy \(own)\n"
                choices.append("\(number) : goto \(own)")
                rules += "add rule ip kube-proxy \(own) ip saddr \(endpoint.address) jump mark-for-masquerade\n"
                rules += "add rule ip kube-proxy \(own) meta l4proto \(port.transport) dnat to \(endpoint)\n"
            }
            rules +=
                "add rule ip kube-proxy \(chain) numgen random mod \(choices.count) vmap "
                + "{ \(choices.joined(separator: " , ")) }\n"
            elements +=
                "add element ip kube-proxy service-ips { \(port.clusterIP) . \(port.transport) . "
                + "\(Workload.servicePort) : goto \(chain) }\n"
        }
        return Self.beginning + chains + rules + elements
    }

    private static let beginning = """
        add table ip kube-proxy
        add chain ip kube-proxy nat-prerouting { type nat hook prerouting priority -100 ; }
        add chain ip kube-proxy nat-output { type nat hook output priority -100 ; }
        add chain ip kube-proxy nat-postrouting { type nat hook postrouting priority 100 ; }
        add chain ip kube-proxy services
        add chain ip kube-proxy mark-for-masquerade
        add chain ip kube-proxy masquerading
        add map ip kube-proxy service-ips { type ipv4_addr . inet_proto . inet_service : verdict ; }
        add rule ip kube-proxy nat-prerouting jump services
        add rule ip kube-proxy nat-output jump services
        add rule ip kube-proxy nat-postrouting jump masquerading
        add rule ip kube-proxy mark-for-masquerade mark set mark or 0x4000
        add rule ip kube-proxy masquerading mark and 0x4000 == 0 return
        add rule ip kube-proxy masquerading mark set mark xor 0x4000
        add rule ip kube-proxy masquerading masquerade fully-random
        add rule ip kube-proxy services ip daddr . meta l4proto . th dport vmap @service-ips

        """
}
