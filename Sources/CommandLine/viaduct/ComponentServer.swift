import APISecurity
import ArgumentParser
import Foundation
import Logging
import NIOSSL
import NetworkAddress
import PrometheusMetrics
import StatusServing

/// The health and metrics of components of the control plane, over HTTPS.
struct ComponentServer {
    var address: IPAddress
    /// 0: there is no server.
    var port: UInt16
    /// PEM of a certificate chain and its key; nil: one that is made anew, in memory.
    var certificate: CertificateAuthority.Issued?
    var openPaths = StatusPages.openPaths
    var configz: String?
    var isFailureFatal = true

    /// Nil if there is to be none.
    func server(
        _ components: [ControlPlane.Component], _ registry: MetricsRegistry, logger: Logger
    ) throws -> StatusServer? {
        guard port != 0 else { return nil }
        var seen: Set<String> = []
        let checks = ([.ping] + components.flatMap(\.health)).filter { seen.insert($0.name).inserted }
        let failed: @Sendable ([String: String]) -> Void = { problems in
            for (check, problem) in problems.sorted(by: { $0.key < $1.key }) {
                logger.warning("not healthy", metadata: ["check": "\(check)", "problem": "\(problem)"])
            }
        }
        let readiness = HealthCheck("informer-sync") {
            let problems = components.compactMap { $0.readiness.problem() }
            return problems.isEmpty ? nil : problems.joined(separator: "; ")
        }
        let pages = StatusPages(
            health: [
                HealthEndpoint("healthz", checks, failed: failed), HealthEndpoint("livez", checks, failed: failed),
                HealthEndpoint("readyz", checks + [readiness], failed: failed),
            ], registry: registry, configz: configz, openPaths: openPaths)
        return StatusServer(
            name: "health and metrics", endpoint: HostPort(address: address, port: port), tls: try context(),
            isFailureFatal: isFailureFatal, logger: logger
        ) { pages.answer($0) }
    }

    private func context() throws -> NIOSSLContext {
        let issued = try certificate ?? selfSigned()
        let chain = try NIOSSLCertificate.fromPEMBytes(Array(issued.certificatePEM.utf8))
        let key = try NIOSSLPrivateKey(bytes: Array(issued.keyPEM.utf8), format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        return try NIOSSLContext(configuration: configuration)
    }

    private func selfSigned() throws -> CertificateAuthority.Issued {
        var names = ["localhost", ProcessInfo.processInfo.hostName, "127.0.0.1", "::1"]
        if !address.isUnspecified, !address.isLoopback { names.append(address.description) }
        return try CertificateAuthority(name: "viaduct").issue(.server(names))
    }
}
