import Dataplane

/// The help text of `viaduct proxy`, in the style of kubectl.
public enum ProxyHelp {
    public static let abstract = "Run the service proxy of this node."

    public static let text = """
        Run the service proxy of this node: a drop-in for kube-proxy that programs nftables.

        \(discussion)
        Usage:
          viaduct proxy [options]

        """

    /// Everything but the first line and the usage.
    public static let discussion = """
         It watches Services and EndpointSlices and balances connections to cluster IPs, node ports, external and \
        load-balancer IPs over their endpoints. It takes kube-proxy's configuration file and flags.

        Examples:
          # Run with a KubeProxyConfiguration file
          viaduct proxy --config /var/lib/kube-proxy/config.conf

          # Run with flags
          viaduct proxy --proxy-mode nftables --kubeconfig /etc/kubernetes/proxy.conf --cluster-cidr 10.244.0.0/16

          # Write a configuration file to start from
          viaduct proxy --write-config-to config.yaml

          # Remove this proxy's rules from the kernel
          viaduct proxy --cleanup

        Options:
        \(options)

        """

    /// The candidates for the next word of a command line.
    /// - Parameter word: the previous word: a flag that needs a value, or anything else.
    public static func candidates(after word: String) -> [String] {
        switch word {
        case "--proxy-mode": return Backend.allCases.map(\.name)
        case "--logging-format": return ["text", "json"]
        default:
            let known = ProxyFlag.all.filter { $0.deprecation == nil }
            if let flag = known.first(where: { "--\($0.name)" == word }), !flag.isSwitch { return [] }
            return known.map { ($0.name.count == 1 ? "-" : "--") + $0.name }
        }
    }

    private static var options: String {
        ProxyFlag.all.filter { $0.deprecation == nil }.map { flag in
            let dashes = flag.name.count == 1 ? "-\(flag.name), --\(flag.name)" : "    --\(flag.name)"
            return "\(dashes)=\(initial(flag)):\n\t\(flag.help)"
        }.joined(separator: "\n\n")
    }

    private static func initial(_ flag: ProxyFlag) -> String {
        switch flag.value {
        case "": flag.initial.isEmpty ? "false" : flag.initial
        case "strings": "[\(flag.initial)]"
        case "int32", "float", "duration", "quantity": flag.initial
        default: "'\(flag.initial)'"
        }
    }
}
