/// The /etc/hosts of a pod. Pure.
enum HostsFile {
    /// Upstream's tests look for the first line.
    private static let header = "# Kubernetes-managed hosts file.\n"
    private static let hostHeader = "# Kubernetes-managed hosts file (host network).\n"

    /// Of a pod with addresses of its own.
    static func text(
        addresses: [String], hostname: String, domain: String, _ aliases: [PodDefinition.HostAlias]
    ) -> String {
        var text = header
        text += "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\n"
        text += "fe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n"
        let names = domain.isEmpty ? hostname : "\(hostname).\(domain)\t\(hostname)"
        for address in addresses { text += "\(address)\t\(names)\n" }
        return text + entries(aliases)
    }

    /// On the host's network.
    static func text(host: String, _ aliases: [PodDefinition.HostAlias]) -> String {
        hostHeader + host + entries(aliases)
    }

    private static func entries(_ aliases: [PodDefinition.HostAlias]) -> String {
        guard !aliases.isEmpty else { return "" }
        return "\n# Entries added by HostAliases.\n"
            + aliases.map { "\($0.ip)\t\($0.hostnames.joined(separator: "\t"))\n" }.joined()
    }
}
