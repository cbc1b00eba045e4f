import ContainerRuntime
import JSONStream

/// How a pod resolves names (`dnsPolicy`, `dnsConfig`). Pure.
struct DNSRules: Hashable, Sendable {
    /// Of the cluster; empty: there is none.
    var clusterServers: [String] = []
    var clusterDomain = "cluster.local"

    /// What the resolvers of C libraries take (resolv.conf(5), and kubelet's limits).
    private static let maximumServers = 3
    private static let maximumSearches = 32
    private static let maximumSearchBytes = 2048

    func configuration(_ pod: PodDefinition, namespace: String, host: ResolverFile) -> SandboxConfiguration.DNS {
        var dns = SandboxConfiguration.DNS()
        let isOfCluster =
            pod.dnsPolicy == "ClusterFirstWithHostNet"
            || (pod.dnsPolicy == "ClusterFirst" && !pod.namespaces.hostNetwork)
        if pod.dnsPolicy == "None" {
            // What dnsConfig says is all.
        } else if isOfCluster, !clusterServers.isEmpty {
            dns.servers = clusterServers
            let domains = ["\(namespace).svc.\(clusterDomain)", "svc.\(clusterDomain)", clusterDomain]
            dns.searches = Self.unique(domains + host.searches)
            dns.options = ["ndots:5"]
        } else {
            dns.servers = host.servers
            dns.searches = host.searches
            dns.options = host.options
        }
        add(pod.dnsConfig, to: &dns)
        dns.servers = Array(dns.servers.prefix(Self.maximumServers))
        dns.searches = Array(dns.searches.prefix(Self.maximumSearches))
        while dns.searches.joined(separator: " ").utf8.count > Self.maximumSearchBytes { dns.searches.removeLast() }
        return dns
    }

    private func add(_ json: JSONValue, to dns: inout SandboxConfiguration.DNS) {
        dns.servers = Self.unique(dns.servers + json.texts("nameservers"))
        dns.searches = Self.unique(dns.searches + json.texts("searches"))
        for option in json.list("options") {
            let name = option.text("name")
            let value = option.text("value")
            dns.options.removeAll { $0 == name || $0.hasPrefix(name + ":") }
            dns.options.append(value.isEmpty ? name : "\(name):\(value)")
        }
    }

    private static func unique(_ texts: [String]) -> [String] {
        var seen: Set<String> = []
        return texts.filter { seen.insert($0).inserted }
    }
}
