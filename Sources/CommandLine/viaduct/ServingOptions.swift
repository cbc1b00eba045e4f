import APISecurity
import APIServer
import ArgumentParser
import Foundation
import NetworkAddress

/// Where and how to serve the API.
struct ServingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Address to listen on for HTTPS.", valueName: "ip"))
    var bindAddress = "127.0.0.1"

    @Option(
        help: ArgumentHelp(
            "Address at which others reach the server: the endpoint of the Service kubernetes. If it listens on "
                + "loopback only, it listens there, too. The default is --bind-address, or this host's own address; none: "
                + "the Service has no endpoint.", valueName: "ip"))
    var advertiseAddress: String?

    @Option(help: ArgumentHelp("Port for HTTPS; 0: no HTTPS.", valueName: "port"))
    var securePort = 6443

    @Option(
        help: ArgumentHelp(
            "Certificate chain of the server, in PEM. Without it, one is made in the certificate directory.",
            valueName: "file"))
    var tlsCertFile: String?

    @Option(help: ArgumentHelp("Private key of --tls-cert-file, in PEM.", valueName: "file"))
    var tlsPrivateKeyFile: String?

    @Option(help: ArgumentHelp("VersionTLS12 or VersionTLS13.", valueName: "version"))
    var tlsMinVersion = SecureServing.MinimumVersion.tls12.rawValue

    @Option(
        help: ArgumentHelp(
            "Directory of the authority, certificates and keys that the server makes; the default is pki in the data "
                + "directory.", valueName: "directory"))
    var certDir: String?

    @Option(
        help: ArgumentHelp(
            "Port for plain HTTP on 127.0.0.1, where everybody may do everything; 0: none.", valueName: "port"))
    var port = 0

    @Option(
        name: .customLong("kubeconfig-out"),
        help: ArgumentHelp(
            "Write the administrator's kubeconfig here as well as to admin.kubeconfig in the data directory.",
            valueName: "file"))
    var kubeconfigPath: String?

    func validate() throws {
        for (flag, value) in [("--secure-port", securePort), ("--port", port)] where !(0...65535).contains(value) {
            throw ValidationError("\(flag): \(value) is not a port; use one from 1 to 65535, or 0 for none")
        }
        guard securePort != 0 || port != 0 else {
            throw ValidationError("--secure-port and --port are both 0: nothing would be served")
        }
        guard IPAddress(bindAddress) != nil else {
            throw ValidationError("--bind-address: \"\(bindAddress)\" is not an IP address")
        }
        if let advertiseAddress, advertiseAddress != "none" {
            guard let address = IPAddress(advertiseAddress), !address.isLoopback, !address.isUnspecified else {
                throw ValidationError(
                    "--advertise-address: \"\(advertiseAddress)\" is not an IP address that others can reach; use none "
                        + "for no endpoint")
            }
        }
        guard (tlsCertFile == nil) == (tlsPrivateKeyFile == nil) else {
            throw ValidationError("--tls-cert-file and --tls-private-key-file must be given together")
        }
        guard SecureServing.MinimumVersion(rawValue: tlsMinVersion) != nil else {
            throw ValidationError("--tls-min-version: \"\(tlsMinVersion)\" is neither VersionTLS12 nor VersionTLS13")
        }
    }

    var plain: APIServerConfiguration.PlainServing? {
        port == 0 ? nil : APIServerConfiguration.PlainServing(host: "127.0.0.1", port: port)
    }

    /// Where others reach the server; nil: nowhere.
    /// - Parameters:
    ///   - candidates: this host's addresses.
    ///   - servesOthers: whether a server that listens on loopback is also reachable from other hosts by default.
    func advertised(_ family: IPFamily, candidates: [IPAddress], servesOthers: Bool) -> IPAddress? {
        if let advertiseAddress { return IPAddress(advertiseAddress) }
        guard let own = IPAddress(bindAddress) else { return nil }
        if own.isUnspecified || own.isLoopback && servesOthers {
            return candidates.first { $0.family == family && !$0.isLoopback }
        }
        return own.isLoopback || own.family != family ? nil : own
    }

    var isLoopback: Bool { IPAddress(bindAddress)?.isLoopback == true }

    /// - Parameters:
    ///   - addresses: those of this host and of the `kubernetes` Service, for the certificate.
    func secure(
        _ directory: CertificateDirectory, _ authority: CertificateAuthority, addresses: [IPAddress]
    ) throws -> SecureServing? {
        guard securePort != 0 else { return nil }
        var serving = SecureServing(
            host: bindAddress, port: securePort,
            certificate: try certificate(directory, authority, addresses: addresses))
        serving.minimumVersion = SecureServing.MinimumVersion(rawValue: tlsMinVersion) ?? .tls12
        return serving
    }

    private func certificate(
        _ directory: CertificateDirectory, _ authority: CertificateAuthority, addresses: [IPAddress]
    ) throws -> ServingCertificate {
        if let tlsCertFile, let tlsPrivateKeyFile {
            let chain = try InputFile.read(tlsCertFile, flag: "--tls-cert-file")
            let key = try InputFile.read(tlsPrivateKeyFile, flag: "--tls-private-key-file")
            do {
                return try ServingCertificate(chainPEM: chain, keyPEM: key)
            } catch {
                throw ValidationError("--tls-cert-file \(tlsCertFile): \(error)")
            }
        }
        var names = [
            "localhost", ProcessInfo.processInfo.hostName, "kubernetes", "kubernetes.default",
            "kubernetes.default.svc", "kubernetes.default.svc.cluster.local", "127.0.0.1", "::1",
        ]
        if let address = IPAddress(bindAddress), !address.isUnspecified { names.append(address.description) }
        names += addresses.map(\.description)
        var seen: Set<String> = []
        return try directory.serving(names: names.filter { seen.insert($0).inserted }, authority: authority)
    }

    /// Where clients on this host find the server.
    func url(_ ports: APIServer.Ports) -> String {
        guard let port = ports.secure else { return "http://127.0.0.1:\(ports.plain ?? 0)" }
        let isAny = IPAddress(bindAddress)?.isUnspecified == true
        let loopback = bindAddress.contains(":") ? "::1" : "127.0.0.1"
        let host = isAny ? loopback : bindAddress
        return "https://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }
}
