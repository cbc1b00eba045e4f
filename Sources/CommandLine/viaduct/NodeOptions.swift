import APISecurity
import ArgumentParser
import ContainerRuntime
import Foundation
import HostNode
import KubeClient
import Logging
import NetworkAddress
import NodeAgent
import PodNetwork

/// How this host runs containers.
struct NodeOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The socket of the container runtime (CRI v1): containerd's, CRI-O's.", valueName: "path"))
    var containerRuntimeEndpoint = "unix:///run/containerd/containerd.sock"

    @Option(help: ArgumentHelp("Directory for pods' volumes.", valueName: "directory"))
    var rootDir = "/var/lib/viaduct/node"

    @Option(help: ArgumentHelp("Directory for containers' logs.", valueName: "directory"))
    var podLogsDir = "/var/log/pods"

    @Option(help: ArgumentHelp("Directory of static pods: a manifest of one Pod a file.", valueName: "directory"))
    var podManifestPath: String?

    @Option(
        help: ArgumentHelp(
            "Addresses of the cluster's DNS, separated by commas; without one pods resolve names as the host does.",
            valueName: "ips"))
    var clusterDNS: String?

    @Option(help: ArgumentHelp("The domain of Services' names.", valueName: "domain"))
    var clusterDomain = "cluster.local"

    @Option(help: ArgumentHelp("How the runtime names control groups: cgroupfs or systemd.", valueName: "driver"))
    var cgroupDriver = "cgroupfs"

    @Option(help: ArgumentHelp("How many pods may run here.", valueName: "number"))
    var maxPods = 110

    @Option(help: ArgumentHelp("Labels of the Node: name=value, separated by commas.", valueName: "labels"))
    var nodeLabels = ""

    @Option(
        name: .customLong("cni-conf-dir"),
        help: ArgumentHelp(
            "Where the runtime looks for its network configuration; one is written where there is none.",
            valueName: "directory"))
    var networkDirectory = "/etc/cni/net.d"

    @Option(
        name: .customLong("cni-bridge"),
        help: ArgumentHelp(
            "The bridge that pods are connected to, where we write the configuration.", valueName: "name"))
    var bridge = "cni0"

    @Option(
        name: .customLong("cni-data-dir"),
        help: ArgumentHelp("Where the plugins note which address is whose.", valueName: "directory"))
    var networkDataDirectory = "/var/lib/cni/networks"

    @Option(
        name: .customLong("kubelet-port"),
        help: ArgumentHelp("Port of the agent's HTTPS server: logs, sessions, figures; 0: none.", valueName: "port"))
    var port: UInt16 = 10250

    @Option(
        name: .customLong("kubelet-client-ca-file"),
        help: ArgumentHelp(
            "Authorities of clients' certificates; the default are those by which the API server is known.",
            valueName: "file"))
    var clientAuthorityFile: String?

    func validate() throws {
        guard NodeAgentConfiguration.CgroupDriver(rawValue: cgroupDriver) != nil else {
            throw ValidationError("--cgroup-driver: \"\(cgroupDriver)\" is neither cgroupfs nor systemd")
        }
        guard maxPods > 0 else { throw ValidationError("--max-pods: \(maxPods) is not a number of pods") }
        for address in addresses(clusterDNS) where IPAddress(address) == nil {
            throw ValidationError("--cluster-dns: \"\(address)\" is not an IP address")
        }
        _ = try labels()
    }

    private func addresses(_ text: String?) -> [String] {
        (text ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    }

    private func labels() throws -> [String: String] {
        var labels: [String: String] = [:]
        for pair in nodeLabels.split(separator: ",") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else {
                throw ValidationError("--node-labels: \"\(pair)\" is not name=value")
            }
            labels[String(parts[0])] = String(parts[1])
        }
        return labels
    }

    /// The path of the runtime's socket.
    private var socket: String {
        containerRuntimeEndpoint.hasPrefix("unix://")
            ? String(containerRuntimeEndpoint.dropFirst("unix://".count)) : containerRuntimeEndpoint
    }

    /// - Parameter authorities: PEM of those by which the API server is known.
    private func serving(
        _ name: String, _ addresses: [String], _ authorities: [UInt8]?, _ source: ServingSource?
    ) throws -> NodeAgentConfiguration.Serving? {
        guard port != 0 else { return nil }
        let issued = try CertificateAuthority(name: name).issue(.server([name, "127.0.0.1"] + addresses))
        let clients = try clientAuthorityFile.map { Array(try Data(contentsOf: URL(filePath: $0))) }
        var serving = NodeAgentConfiguration.Serving(
            certificatePEM: issued.certificatePEM, keyPEM: issued.keyPEM, clientAuthorities: clients ?? authorities)
        if let source { serving.current = { source.pem } }
        return serving
    }

    private func configuration(
        name: String, addresses: [String], authorities: [UInt8]?, serving source: ServingSource?
    ) throws -> NodeAgentConfiguration {
        var configuration = NodeAgentConfiguration(nodeName: name, nodeAddresses: addresses)
        configuration.labels = try labels()
        configuration.rootDirectory = rootDir
        configuration.logDirectory = podLogsDir
        configuration.manifestDirectory = podManifestPath
        configuration.clusterDNS = self.addresses(clusterDNS)
        configuration.clusterDomain = clusterDomain
        configuration.cgroupDriver = .init(rawValue: cgroupDriver) ?? .cgroupfs
        configuration.maximumPods = maxPods
        configuration.port = port
        configuration.serving = try serving(name, addresses, authorities, source)
        return configuration
    }

    /// Runs the agent until the task is cancelled.
    /// - Parameters:
    ///   - authorities: PEM of those by which the API server is known.
    ///   - source: certificates of the agent's server; nil: it shows one of its own.
    func run(
        _ client: KubeClient, name: String, addresses: [IPAddress], authorities: [UInt8]?,
        serving source: ServingSource? = nil, _ logger: Logger
    ) async throws {
        let configuration = try configuration(
            name: name, addresses: addresses.map(\.description),
            authorities: authorities, serving: source)
        let runtime = try CRIRuntime(socket: socket)
        let network = PodNetwork(
            client: client, nodeName: name, directory: networkDirectory,
            template: CNIConfiguration(podCIDRs: [], bridge: bridge, dataDirectory: networkDataDirectory),
            logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await runtime.run() }
            group.addTask { await network.run() }
            group.addTask {
                try await waitForRuntime(runtime, logger)
                try await NodeAgent(client: client, runtime: runtime, configuration: configuration, logger: logger)
                    .run()
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Removes all pods of this host and the network that was made for them. What fails is told and keeps nothing else from
    /// going.
    func cleanUp(_ logger: Logger) async throws {
        let runtime = try CRIRuntime(socket: socket)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await runtime.run() }
            group.addTask { [rootDir, podLogsDir] in
                await HostCleanup(rootDirectory: rootDir, logDirectory: podLogsDir, logger: logger).removePods(runtime)
            }
            // The first to end is the one that has something to do.
            await group.next()
            group.cancelAll()
        }
        PodNetwork.removeLeftovers(directory: networkDirectory, bridge: bridge, logger: logger)
    }

    /// A host's programs start in no order.
    private func waitForRuntime(_ runtime: CRIRuntime, _ logger: Logger) async throws {
        var hasTold = false
        while true {
            do throws(RuntimeFailure) {
                _ = try await runtime.version()
                return
            } catch {
                if !hasTold {
                    logger.warning(
                        "no container runtime answers at \(socket); trying again",
                        metadata: ["error": "\(error.message)"])
                }
                hasTold = true
            }
            try await Task.sleep(for: .milliseconds(500))
        }
    }
}
