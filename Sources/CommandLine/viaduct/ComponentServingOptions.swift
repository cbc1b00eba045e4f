import APISecurity
import ArgumentParser
import NetworkAddress
import StatusServing

/// Where a component of the control plane serves health and metrics; the flags are kube-controller-manager's and
/// kube-scheduler's.
struct ComponentServingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Address to tell health and metrics on.", valueName: "ip"))
    var bindAddress = "127.0.0.1"

    @Option(
        help: ArgumentHelp(
            "Port for health and metrics (HTTPS); 0: none. The default is 10257 for the controllers and 10259 for the "
                + "scheduler.", valueName: "port"))
    var securePort: Int?

    @Option(
        help: ArgumentHelp(
            "Certificate chain of this server, in PEM. Without it, one is made anew at each start, in memory.",
            valueName: "file"))
    var tlsCertFile: String?

    @Option(help: ArgumentHelp("Private key of --tls-cert-file, in PEM.", valueName: "file"))
    var tlsPrivateKeyFile: String?

    @Option(
        name: .customLong("authorization-always-allow-paths"),
        help: ArgumentHelp(
            "Paths, separated by commas, that clients on other hosts may see; * at the end stands for anything.",
            valueName: "paths"))
    var openPaths = StatusPages.openPaths.joined(separator: ",")

    func validate() throws {
        if let securePort, !(0...65535).contains(securePort) {
            throw ValidationError("--secure-port: \(securePort) is not a port; use one from 1 to 65535, or 0 for none")
        }
        guard IPAddress(bindAddress) != nil else {
            throw ValidationError("--bind-address: \"\(bindAddress)\" is not an IP address")
        }
        guard (tlsCertFile == nil) == (tlsPrivateKeyFile == nil) else {
            throw ValidationError("--tls-cert-file and --tls-private-key-file must be given together")
        }
    }

    /// - Parameter port: the one without the flag.
    func server(port: UInt16) throws -> ComponentServer {
        guard let address = IPAddress(bindAddress) else {
            throw ValidationError("--bind-address: \"\(bindAddress)\" is not an IP address")
        }
        var server = ComponentServer(
            address: address, port: securePort.flatMap { UInt16(exactly: $0) } ?? port, certificate: nil)
        server.openPaths = openPaths.split(separator: ",").map(String.init)
        if let tlsCertFile, let tlsPrivateKeyFile {
            let chain = try InputFile.readText(tlsCertFile, flag: "--tls-cert-file")
            let key = try InputFile.readText(tlsPrivateKeyFile, flag: "--tls-private-key-file")
            do {
                _ = try ServingCertificate(chainPEM: Array(chain.utf8), keyPEM: Array(key.utf8))
            } catch {
                throw ValidationError("--tls-cert-file \(tlsCertFile): \(error)")
            }
            server.certificate = CertificateAuthority.Issued(certificatePEM: chain, keyPEM: key)
        }
        return server
    }
}
