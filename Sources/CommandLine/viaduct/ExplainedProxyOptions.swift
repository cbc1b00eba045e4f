import ArgumentParser
import Dataplane
import ProxyConfiguration
import ProxyServer
import StatusServing

/// Which proxy to explain.
struct ExplainedProxyOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The proxy's KubeProxyConfiguration file, used instead of the running proxy's.", valueName: "file"))
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

    @Option(help: ArgumentHelp("The running proxy's status socket.", valueName: "path"))
    var statusSocket = ProxySocket.defaultPath

    struct Answer {
        var settings: ProxySettings
        /// Where they are from, for people.
        var source: String
        /// What the user should know of the proxy's state.
        var notes: [String] = []
        /// What the proxy knows of shares besides objects.
        var shares: ProxyStatus.Shares?
        /// Why the running proxy was not queried; nil if it was, or if the command line has the settings.
        var failure: String?
    }

    /// The proxy's settings, from itself or from the command line.
    ///
    /// - Throws: what is wrong with the options.
    func answer() async throws -> Answer {
        if config == nil, mode == nil, nodeName == nil, clusterCIDR == nil {
            do throws(SocketClient.Failure) {
                return try Self.answer(try await ProxySocket(path: statusSocket).status(), await configuration())
            } catch {
                return Answer(
                    settings: try settings(), source: "settings of the command line, as \(error)",
                    failure: "\(error)")
            }
        }
        return Answer(
            settings: try settings(), source: config.map { "settings of \($0)" } ?? "settings of the command line")
    }

    private func configuration() async throws(SocketClient.Failure) -> KubeProxyConfiguration {
        try await ProxySocket(path: statusSocket).configuration()
    }

    private static func answer(
        _ status: ProxyStatus, _ configuration: KubeProxyConfiguration
    ) throws(SocketClient.Failure) -> Answer {
        var notices: [String] = []
        var settings: ProxySettings
        do throws(ConfigurationError) {
            settings = try ProxySettings(configuration, source: "the running proxy", notices: &notices)
        } catch {
            throw .other("the running proxy's settings are not understood: \(error)")
        }
        settings.nodeName = status.node.name
        var answer = Answer(
            settings: settings, source: "settings of the running proxy (process \(status.processID))")
        answer.shares = status.shares
        let here = ProxyStatus.networkNamespaceHere
        if status.networkNamespace != 0, here != 0, here != status.networkNamespace {
            answer.notes.append("the proxy that answers programs another network namespace than this one")
        }
        for (name, family) in status.families.sorted(by: { $0.key < $1.key }) {
            if let failure = family.failure {
                answer.notes.append("the proxy's last sync of \(name) failed: \(failure.error)")
            } else if let pending = family.pendingSeconds, pending > 5 {
                answer.notes.append("changes of \(name) have been waiting for \(Int(pending)) s in the proxy")
            }
        }
        return answer
    }

    /// The settings of a proxy that is started in this way.
    private func settings() throws -> ProxySettings {
        var flags = ProxyFlags()
        if let config { flags.add("config", config) }
        if let mode { flags.add("proxy-mode", mode) }
        if let nodeName { flags.add("hostname-override", nodeName) }
        if let clusterCIDR { flags.add("cluster-cidr", clusterCIDR) }
        var settings = try ProxyOptions(flags: flags, read: ConfigurationFile.read).settings
        if let mode, config != nil, let backend = Backend.named(mode) { settings.mode = backend }
        return settings
    }
}
