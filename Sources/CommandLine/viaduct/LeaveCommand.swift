import APIServer
import ArgumentParser
import ContainerRuntime
import Foundation
import Glibc
import KubeClient
import Logging
import NodeMembership
import PodNetwork
import ProxyConfiguration
import ProxyServer

/// `viaduct leave`: the way back from `viaduct join`.
struct LeaveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "leave",
        abstract: "Take this host out of its cluster: drain it, remove its Node and what it left here.",
        usage: "viaduct leave [options]",
        discussion: """
            Pods are evicted as by `kubectl drain`, then `viaduct join` on this host is told to end, then the Node goes. \
            Containers, rules, routes, the network configuration that we wrote, and this host's credentials are removed.
            """)

    @Option(help: ArgumentHelp("Directory of this host's credentials.", valueName: "directory"))
    var dataDir = JoinCommand.defaultDirectory

    @Option(help: ArgumentHelp("How long pods may take to go, such as 5m; 0: as long as they like.", valueName: "time"))
    var timeout = "5m"

    @Flag(help: "Delete pods whatever PodDisruptionBudgets say.")
    var disableEviction = false

    @Flag(help: "Clean this host up although the API server cannot be reached; the Node stays there.")
    var force = false

    @OptionGroup(title: "Containers") var node: NodeOptions
    @OptionGroup(title: "Log") var log: LogOptions

    /// What `viaduct join` may take to end.
    private static let patience = Duration.seconds(30)

    func validate() throws { _ = try limit() }

    private func limit() throws -> Duration? {
        timeout == "0" ? nil : try DurationText.parse(timeout, flag: "--timeout")
    }

    func run() async throws {
        log.bootstrap()
        let logger = Logger(label: "leave")
        do {
            guard let name = NodeCredentials.joinedName(dataDir) else {
                try CommandFailure.fail("this host has not joined a cluster: there is nothing in \(dataDir)")
            }
            let credentials = NodeCredentials(directory: dataDir, nodeName: name, logger: logger)
            let configuration = try Kubeconfig(path: credentials.kubeconfigPath).configuration(master: nil)
            let client = try KubeClient(configuration: configuration, logger: logger)
            do {
                try await leave(credentials, client, logger)
            } catch {
                await client.shutdown()
                throw error
            }
            await client.shutdown()
        } catch let error as ExitCode {
            throw error
        } catch {
            try CommandFailure.fail("\(error)")
        }
    }

    private func leave(_ credentials: NodeCredentials, _ client: KubeClient, _ logger: Logger) async throws {
        let leaving = NodeLeaving(client: client, nodeName: credentials.nodeName, logger: logger)
        try await unlessForced(logger) {
            try await leaving.drain(timeout: try limit(), disableEviction: disableEviction)
        }
        let claim = try await endAgent(logger)
        try await unlessForced(logger) { try await leaving.removeNode() }
        try await node.cleanUp(logger)
        var flags = ProxyFlags()
        flags.add("cleanup", "true")
        try await ProxyMain.run(try ProxyOptions(flags: flags, read: ConfigurationFile.read))
        credentials.remove()
        _ = claim
        logger.info("this host has left", metadata: ["node": "\(credentials.nodeName)"])
    }

    private func unlessForced(_ logger: Logger, _ work: () async throws -> Void) async throws {
        do {
            try await work()
        } catch {
            guard force else { throw error }
            logger.warning("continuing despite an error", metadata: ["error": "\(error)"])
        }
    }

    /// Tells `viaduct join` here to end and waits until it has.
    private func endAgent(_ logger: Logger) async throws -> DataDirectory {
        let clock = ContinuousClock()
        let end = clock.now + Self.patience
        let holder = (try? String(contentsOfFile: dataDir + "/lock", encoding: .utf8)) ?? ""
        var hasAsked = false
        while true {
            do {
                return try DataDirectory(path: dataDir)
            } catch {
                guard clock.now < end else { throw error }
            }
            if !hasAsked, let process = pid_t(holder.trimmingCharacters(in: .whitespacesAndNewlines)), process > 1 {
                kill(process, SIGTERM)
                logger.info("asking viaduct join to end", metadata: ["process": "\(process)"])
            }
            hasAsked = true
            try await Task.sleep(for: .milliseconds(100))
        }
    }
}
