import ArgumentParser
import ClusterDNS
import Foundation
import KubeClient
import Logging
import NetworkAddress

/// How names of the cluster are served.
struct DNSOptions: ParsableArguments {
    @Option(
        name: .customLong("dns-port"),
        help: ArgumentHelp("Port for questions, over UDP and TCP.", valueName: "port"))
    var port: UInt16 = 10053

    @Option(
        name: .customLong("dns-upstream"),
        help: ArgumentHelp(
            "Addresses that are asked for other names, separated by commas; the default are those of /etc/resolv.conf.",
            valueName: "ips"))
    var upstream: String?

    func validate() throws { _ = try upstreams() }

    private func upstreams() throws -> [IPAddress] {
        if let upstream { return try AddressList.parse(upstream, flag: "--dns-upstream") }
        let text = (try? String(contentsOfFile: "/etc/resolv.conf", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            return words.first == "nameserver" && words.count > 1 ? IPAddress(String(words[1])) : nil
        }
    }

    func server(_ client: KubeClient, addresses: [IPAddress], domain: String, _ logger: Logger) throws -> DNSServer {
        var configuration = DNSServer.Configuration(addresses: addresses)
        configuration.port = port
        configuration.domain = domain
        // Whoever names us as his resolver would be asked by us in circles.
        configuration.upstreams = try upstreams().filter { !addresses.contains($0) }
        return DNSServer(client: client, configuration: configuration, logger: logger)
    }
}
