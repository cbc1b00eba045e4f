import APIServer
import ArgumentParser
import Foundation
import Logging
import ServiceLifecycle
import UnixSignals

/// `viaduct apiserver`: the API server alone.
struct APIServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apiserver", abstract: "Run a Kubernetes API server with a store of its own.")

    @OptionGroup var server: APIServerOptions

    @Option(
        name: .customLong("kubeconfig-out"),
        help: ArgumentHelp("Write a kubeconfig for this server to a file.", valueName: "file"))
    var kubeconfigPath: String?

    @Option(name: .shortAndLong, help: ArgumentHelp("How much to log.", valueName: "level"))
    var verbosity = 0

    func run() async throws {
        LogOutput.bootstrap(verbosity: verbosity, isJSON: false)
        do {
            let apiServer = APIServer(
                configuration: try server.configuration(Logger(label: "up")), logger: Logger(label: "apiserver"))
            let announcement = Announcement(
                server: apiServer, host: server.bindAddress, kubeconfigPath: kubeconfigPath, logger: Logger(label: "apiserver"))
            try await ServiceGroup(
                services: [apiServer, announcement], gracefulShutdownSignals: [.sigterm, .sigint],
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
    let host: String
    let kubeconfigPath: String?
    let logger: Logger

    func run() async throws {
        let port = try await server.boundPort()
        let isAny = ["0.0.0.0", "::", "[::]"].contains(host)
        let url = "http://\(isAny ? "127.0.0.1" : host.contains(":") ? "[\(host)]" : host):\(port)"
        if let kubeconfigPath { try Data(KubeconfigFile(server: url).text.utf8).write(to: URL(filePath: kubeconfigPath)) }
        logger.info("ready: kubectl --server \(url)")
        // A service that ends would end the group.
        try? await gracefulShutdown()
    }
}
