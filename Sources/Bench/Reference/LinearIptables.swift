import NetworkAddress

/// The nat table as kube-proxy's iptables mode writes it: a rule for each service port in one list, a chain for each
/// service port, and a chain for each endpoint. Chains of other features are left out.
struct LinearIptables {
    private let workload: Workload
    private static let masqueradeMark = "0x4000"

    init(_ workload: Workload) {
        self.workload = workload
    }

    var text: String {
        var chains = ""
        var dispatch = ""
        var rules = ""
        for port in ServicePorts(workload) {
            let chain = "KUBE-SVC-\(port.hash)"
            let comment = "-m comment --comment"
            let match = "-m \(port.transport) -p \(port.transport) -d \(port.clusterIP) --dport \(Workload.servicePort)"
            chains += ":\(chain) - [0:0]\n"
            dispatch += "-A KUBE-SERVICES \(comment) \"\(port.name) cluster IP\" \(match) -j \(chain)\n"
            rules +=
                "-A \(chain) \(comment) \"\(port.name) cluster IP\" \(match) ! -s \(ServicePorts.pods) -j KUBE-MARK-MASQ\n"
            for (number, endpoint) in port.endpoints.enumerated() {
                let own = "KUBE-SEP-\(port.hash(of: number))"
                let left = port.endpoints.count - number
                let chance =
                    left > 1 ? " -m statistic --mode random --probability \(Self.probability(left))" : ""
                chains += ":\(own) - [0:0]\n"
                rules += "-A \(chain) \(comment) \"\(port.name) -> \(endpoint)\"\(chance) -j \(own)\n"
                rules += "-A \(own) \(comment) \(port.name) -s \(endpoint.address) -j KUBE-MARK-MASQ\n"
                rules +=
                    "-A \(own) \(comment) \(port.name) -m \(port.transport) -p \(port.transport) "
                    + "-j DNAT --to-destination \(endpoint)\n"
            }
        }
        return Self.beginning + chains + Self.fixedRules + dispatch + rules + "COMMIT\n"
    }

    /// As upstream rounds it.
    private static func probability(_ left: Int) -> String {
        let digits = String((Int((10_000_000_000 / Double(left)).rounded())))
        return "0." + String(repeating: "0", count: max(0, 10 - digits.count)) + digits
    }

    private static let beginning = """
        *nat
        :KUBE-SERVICES - [0:0]
        :KUBE-POSTROUTING - [0:0]
        :KUBE-MARK-MASQ - [0:0]

        """

    private static let fixedRules = """
        -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
        -A KUBE-POSTROUTING -m mark ! --mark \(masqueradeMark)/\(masqueradeMark) -j RETURN
        -A KUBE-POSTROUTING -j MARK --xor-mark \(masqueradeMark)
        -A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE
        -A KUBE-MARK-MASQ -j MARK --or-mark \(masqueradeMark)

        """
}
