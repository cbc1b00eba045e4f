import APISecurity
import ArgumentParser
import KubeClient
import Logging
import PrometheusMetrics
import ServiceLifecycle
import UnixSignals

/// `viaduct controllers`: what kube-controller-manager does, against any API server.
struct ControllersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "controllers", abstract: "Run the controllers: endpoints, workloads, nodes, namespaces and more.",
        usage: "viaduct controllers --kubeconfig FILE [options]")

    @OptionGroup var client: ClientOptions

    @Option(
        help: ArgumentHelp(
            "Ranges of pods' addresses, separated by commas, for --allocate-node-cidrs.", valueName: "cidrs"))
    var clusterCIDR: String?

    @Option(
        help: ArgumentHelp(
            "Certificates of the API server that are published to every namespace.", valueName: "file"))
    var rootCAFile: String?

    @Option(
        help: ArgumentHelp(
            "Private key (RSA or ECDSA, PEM) that signs the tokens of Secrets of type "
                + "kubernetes.io/service-account-token; without it, those are left as they are. The API server must "
                + "know it (--service-account-key-file).", valueName: "file"))
    var serviceAccountPrivateKeyFile: String?

    @Option(
        help: ArgumentHelp(
            "Certificate (PEM) of the authority that signs CertificateSigningRequests of nodes and clients; without it "
                + "they wait for somebody else.", valueName: "file"))
    var clusterSigningCertFile: String?

    @Option(help: ArgumentHelp("Private key (PEM) of that authority.", valueName: "file"))
    var clusterSigningKeyFile: String?

    @OptionGroup(title: "Controllers") var options: ControllerOptions
    @OptionGroup(title: "Leader election") var election: LeaderElectionOptions
    @OptionGroup(title: "Health and metrics") var serving: ComponentServingOptions

    func run() async throws {
        client.log.bootstrap()
        let logger = Logger(label: "controllers")
        do {
            let authority = try rootCAFile.map { try InputFile.readText($0, flag: "--root-ca-file") }
            var settings = try options.settings(clusterCIDR: clusterCIDR, authorityPEM: authority)
            settings.tokenSigner = try await tokenSigner()
            settings.certificateAuthority = try certificateAuthority()
            let registry = MetricsRegistry()
            let client = try client.client(registry, logger)
            let elector = try election.elector(client, lease: "kube-controller-manager", logger)
            let plane = ControlPlane(client: client, registry: registry, logger: logger)
            let controllers = plane.controllers(settings, election: elector)
            let server = try serving.server(port: 10257).server([controllers], registry, logger: logger)
            try await ClientService(client: client, work: controllers.run).runUntilSignal(beside: server)
        } catch let error as ValidationError {
            try CommandFailure.misuse(error)
        } catch {
            try CommandFailure.fail("\(error)")
        }
    }

    private func certificateAuthority() throws -> CertificateAuthority? {
        switch (clusterSigningCertFile, clusterSigningKeyFile) {
        case (nil, nil): return nil
        case (let certificate?, let key?):
            do {
                return try CertificateAuthority(
                    certificatePEM: try InputFile.readText(certificate, flag: "--cluster-signing-cert-file"),
                    keyPEM: try InputFile.readText(key, flag: "--cluster-signing-key-file"))
            } catch let problem as CertificateAuthority.Problem {
                throw ValidationError("--cluster-signing-cert-file \(certificate): \(problem)")
            }
        default:
            throw ValidationError("--cluster-signing-cert-file and --cluster-signing-key-file belong together")
        }
    }

    private func tokenSigner() async throws -> LegacyTokenSigner? {
        guard let path = serviceAccountPrivateKeyFile else { return nil }
        let key = try InputFile.readText(path, flag: "--service-account-private-key-file")
        do {
            return try await LegacyTokenSigner(privateKeyPEM: key)
        } catch {
            throw ValidationError("--service-account-private-key-file \(path): \(error)")
        }
    }
}
