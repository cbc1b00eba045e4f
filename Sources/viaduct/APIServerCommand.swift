import APIServer
import ArgumentParser
import Logging
import ServiceLifecycle
import UnixSignals

/// `viaduct apiserver`: the API server alone.
struct APIServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apiserver", abstract: "Run a Kubernetes API server with a store of its own.")

    @OptionGroup var options: APIServerOptions

    func run() async throws {
        LogOutput.bootstrap(verbosity: options.verbosity, isJSON: false)
        let logger = Logger(label: "apiserver")
        do {
            let server = APIServer(configuration: try options.configuration(), logger: logger)
            try await ServiceGroup(
                services: [server, Announcement(server: server, options: options, logger: logger)],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Logger(label: "lifecycle") { _ in SwiftLogNoOpLogHandler() }
            ).run()
        } catch {
            try CommandFailure.fail("\(error)")
        }
    }
}

/// Tells where the server listens, once it does.
private struct Announcement: Service {
    let server: APIServer
    let options: APIServerOptions
    let logger: Logger

    func run() async throws {
        _ = try await options.announce(server, logger)
        // A service that ends would end the group.
        try? await gracefulShutdown()
    }
}
