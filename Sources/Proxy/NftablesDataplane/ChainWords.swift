/// Explains the chains of our table to users who trace a packet.
enum ChainWords {
    static func of(_ chain: String) -> String? {
        if let words = fixed[chain] { return words }
        guard let prefix = BalancerKind.all.map({ $0.prefix + "endpoints-" }).first(where: chain.hasPrefix) else {
            return nil
        }
        let rest = chain.dropFirst(prefix.count).split(separator: "-", maxSplits: 1)
        guard let count = rest.first.flatMap({ Int($0) }) else { return nil }
        let choice =
            count == 1
            ? "translates to the one endpoint" : "chooses one of \(count) slots and translates to its endpoint"
        return rest.count > 1 ? choice + ", the same for each client (session affinity)" : choice
    }

    private static let fixed = [
        "firewall-check": "drops whom the source ranges of load balancers do not admit",
        "service-endpoints-check": "refuses addresses of Services without endpoints",
        "nodeport-endpoints-check": "refuses node ports of Services without endpoints",
        "cluster-ips-check": "refuses other ports of cluster IPs, drops cluster IPs that nobody has",
        "services": "finds out what kind of address the packet is for",
        "node-ports": "finds out whether the port is a node port",
        "cluster-ip": "marks whose source has to change, then goes by the number of endpoints",
        "external": "has the source changed, then goes by the number of endpoints",
        "external-local":
            "externalTrafficPolicy Local: pods here and the node go to all endpoints, others to those here",
        "node-port": "has the source changed, then goes by the number of endpoints",
        "node-port-local":
            "externalTrafficPolicy Local: pods here and the node go to all endpoints, others to those here",
        "mark-for-masquerade": "notes that the source has to change",
        "masquerading": "gives the packet this node's address as its source, where it is marked so",
    ]
}
