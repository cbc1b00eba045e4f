import ArgumentParser
import Foundation
import HostNode
import NetworkAddress

/// Which Node this host is, and at which addresses.
struct HostOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Name of this host's Node; the default is the host name.", valueName: "string"))
    var hostnameOverride: String?

    @Option(
        help: ArgumentHelp(
            "Addresses of this host's Node, separated by commas; the default is those it sends from.",
            valueName: "ips"))
    var nodeIP: String?

    var name: String { (hostnameOverride ?? ProcessInfo.processInfo.hostName).lowercased() }

    /// Empty: nobody told, and no route tells.
    /// - Throws: what is wrong with the option.
    func knownAddresses() throws -> [IPAddress] {
        guard let nodeIP else { return NodeRegistration.hostAddresses }
        return try AddressList.parse(nodeIP, flag: "--node-ip")
    }

    /// - Throws: what is wrong with the option, or that there is no address.
    func addresses() throws -> [IPAddress] {
        let found = try knownAddresses()
        guard nodeIP != nil || !found.isEmpty else {
            throw ValidationError("this host has no route by which its address could be told; give --node-ip")
        }
        return found
    }
}
