import NetworkAddress

/// The filter and nat tables as kube-proxy's iptables mode (v1.36, pkg/proxy/iptables) writes them in a full sync: a rule for
/// each service port in one list, a chain for each service port, and a chain for each endpoint.
///
/// The canary chains are left out, which no packet meets. The names of chains are numbers spread out, not the digests that
/// upstream has, and services come in order where upstream's have none.
struct LinearIptables {
    private let workload: Workload
    private static let mark = "0x4000"

    init(_ workload: Workload) {
        self.workload = workload
    }

    /// More endpoints than this, and upstream saves the comments of rules that lead to endpoints.
    static let commentedEndpoints = 1000

    var text: String {
        var chains = ""
        var rules = ""
        let ports = ServicePorts(workload)
        let isCommented = ports.reduce(0) { $0 + $1.endpoints.count } <= Self.commentedEndpoints
        for port in ports { write(port, isCommented: isCommented, chains: &chains, rules: &rules) }
        return Self.filter + Self.natChains + chains + Self.natRules + rules + Self.natEnd
    }

    private func write(_ port: ServicePorts.Port, isCommented: Bool, chains: inout String, rules: inout String) {
        func comment(_ text: String) -> String { isCommented ? " -m comment --comment \(text)" : "" }
        let chain = "KUBE-SVC-\(port.hash)"
        let protocolMatch = "-m \(port.transport) -p \(port.transport)"
        let match =
            "-m comment --comment \"\(port.name) cluster IP\" \(protocolMatch) -d \(port.clusterIP) "
            + "--dport \(Workload.servicePort)"
        chains += ":\(chain) - [0:0]\n"
        rules += "-A KUBE-SERVICES \(match) -j \(chain)\n"
        rules += "-A \(chain) \(match) ! -s \(ServicePorts.pods) -j KUBE-MARK-MASQ\n"
        for (number, endpoint) in port.endpoints.enumerated() {
            let left = port.endpoints.count - number
            let chance = left > 1 ? " -m statistic --mode random --probability \(Self.probability(left))" : ""
            let own = "KUBE-SEP-\(port.hash(of: number))"
            rules += "-A \(chain)\(comment("\"\(port.name) -> \(endpoint)\""))\(chance) -j \(own)\n"
        }
        for (number, endpoint) in port.endpoints.enumerated() {
            let own = "KUBE-SEP-\(port.hash(of: number))"
            chains += ":\(own) - [0:0]\n"
            rules += "-A \(own)\(comment(port.name)) -s \(endpoint.address) -j KUBE-MARK-MASQ\n"
            rules += "-A \(own)\(comment(port.name)) \(protocolMatch) -j DNAT --to-destination \(endpoint)\n"
        }
    }

    /// With ten digits.
    private static func probability(_ left: Int) -> String {
        let digits = String((Int((10_000_000_000 / Double(left)).rounded())))
        return "0." + String(repeating: "0", count: max(0, 10 - digits.count)) + digits
    }

    private static func jump(_ chain: String, _ target: String, _ comment: String, onlyNew: Bool = false) -> String {
        "-A \(chain) \(onlyNew ? "-m conntrack --ctstate NEW " : "")-m comment --comment \"\(comment)\" -j \(target)\n"
    }

    /// No service of a workload has a rule here. Upstream puts each jump before those that are there, and the kubelet's
    /// KUBE-FIREWALL was there, which gives this order.
    private static let filter: String = {
        let chains = [
            "KUBE-SERVICES", "KUBE-EXTERNAL-SERVICES", "KUBE-FORWARD", "KUBE-NODEPORTS", "KUBE-PROXY-FIREWALL",
            "KUBE-FIREWALL",
        ]
        var text = "*filter\n" + chains.map { ":\($0) - [0:0]\n" }.joined()
        let firewall = "kubernetes load balancer firewall"
        let external = "kubernetes externally-visible service portals"
        text += jump("INPUT", "KUBE-PROXY-FIREWALL", firewall, onlyNew: true)
        text += jump("INPUT", "KUBE-NODEPORTS", "kubernetes health check service ports")
        text += jump("INPUT", "KUBE-EXTERNAL-SERVICES", external, onlyNew: true)
        text += "-A INPUT -j KUBE-FIREWALL\n"
        text += jump("FORWARD", "KUBE-PROXY-FIREWALL", firewall, onlyNew: true)
        text += jump("FORWARD", "KUBE-FORWARD", "kubernetes forwarding rules")
        text += jump("FORWARD", "KUBE-SERVICES", "kubernetes service portals", onlyNew: true)
        text += jump("FORWARD", "KUBE-EXTERNAL-SERVICES", external, onlyNew: true)
        text += jump("OUTPUT", "KUBE-PROXY-FIREWALL", firewall, onlyNew: true)
        text += jump("OUTPUT", "KUBE-SERVICES", "kubernetes service portals", onlyNew: true)
        text += "-A OUTPUT -j KUBE-FIREWALL\n"
        return text + """
            -A KUBE-FIREWALL -m comment --comment "block incoming localnet connections" -d 127.0.0.0/8 ! -s 127.0.0.0/8 \
            -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP
            -A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
            -A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark \(mark)/\(mark) -j ACCEPT
            -A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" \
            -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
            COMMIT

            """
    }()

    private static let natChains =
        "*nat\n"
        + ["KUBE-SERVICES", "KUBE-NODEPORTS", "KUBE-POSTROUTING", "KUBE-MARK-MASQ"].map { ":\($0) - [0:0]\n" }.joined()

    private static let natRules = """
        \(jump("PREROUTING", "KUBE-SERVICES", "kubernetes service portals"))\
        \(jump("OUTPUT", "KUBE-SERVICES", "kubernetes service portals"))\
        \(jump("POSTROUTING", "KUBE-POSTROUTING", "kubernetes postrouting rules"))\
        -A KUBE-POSTROUTING -m mark ! --mark \(mark)/\(mark) -j RETURN
        -A KUBE-POSTROUTING -j MARK --xor-mark \(mark)
        -A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully
        -A KUBE-MARK-MASQ -j MARK --or-mark \(mark)

        """

    private static let natEnd = """
        -A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this \
        chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
        COMMIT

        """
}
