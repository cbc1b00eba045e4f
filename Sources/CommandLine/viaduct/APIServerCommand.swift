import APIServer
import ArgumentParser
import HostNode
import Logging
import ServiceLifecycle
import StatusServing
import UnixSignals

/// `viaduct apiserver`: the API server alone.
struct APIServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apiserver", abstract: "Run a Kubernetes API server with a store of its own.",
        usage: "viaduct apiserver [options]",
        discussion: """
            It serves HTTPS with a certificate of its own authority and writes the administrator's kubeconfig to \
            admin.kubeconfig in the data directory. Flags have kube-apiserver's names and meanings.
            """)

    @OptionGroup var options: APIServerOptions

    func run() async throws {
        options.log.bootstrap()
        let logger = Logger(label: "apiserver")
        do {
            let configuration = try options.configuration(addresses: NodeRegistration.hostAddresses)
            let server = APIServer(configuration: configuration, logger: logger)
            let announcement = Announcement(
                server: server, configuration: configuration, options: options, logger: logger)
            try await ServiceGroup(
                services: [server, announcement],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Logger(label: "lifecycle") { _ in SwiftLogNoOpLogHandler() }
            ).run()
        } catch {
            try CommandFailure.fail("\(error)")
        }
    }
}

/// Logs where the server listens, once it does.
private struct Announcement: Service {
    let server: APIServer
    let configuration: APIServerConfiguration
    let options: APIServerOptions
    let logger: Logger

    func run() async throws {
        try await ServiceManagerReports(logger: logger) {
            "serving \(try await options.announce(server, configuration, logger))"
        }.run()
    }
}
