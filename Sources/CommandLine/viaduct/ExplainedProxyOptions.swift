import ArgumentParser
import Dataplane
import ProxyServer

/// Which proxy's work is asked about.
struct ExplainedProxyOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The proxy's KubeProxyConfiguration file.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("The proxy mode: nftables, iptables, ipvs or userspace.", valueName: "mode"))
    var mode: String?

    @Option(
        name: [.customLong("node-name"), .customLong("hostname-override")],
        help: ArgumentHelp("Name of this host's Node; the default is the host name.", valueName: "name"))
    var nodeName: String?

    @Option(
        help: ArgumentHelp(
            "Ranges of pods' addresses as the proxy has them, separated by commas.", valueName: "cidrs"))
    var clusterCIDR: String?

    /// The settings of a proxy that is started in this way.
    ///
    /// - Throws: what is wrong with them.
    func settings() throws -> (settings: ProxySettings, source: String) {
        var flags = ProxyFlags()
        if let config { flags.add("config", config) }
        if let mode { flags.add("proxy-mode", mode) }
        if let nodeName { flags.add("hostname-override", nodeName) }
        if let clusterCIDR { flags.add("cluster-cidr", clusterCIDR) }
        var settings = try ProxyOptions(flags: flags, read: ConfigurationFile.read).settings
        if let mode, config != nil, let backend = Backend.named(mode) { settings.mode = backend }
        return (settings, config.map { "settings of \($0)" } ?? "settings of the command line")
    }
}
