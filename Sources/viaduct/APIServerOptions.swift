import APIServer
import ArgumentParser
import Foundation
import Logging
import NetworkAddress
import ObjectStore

/// The flags of the API server, named as kube-apiserver's where it has them.
struct APIServerOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Address to listen on.", valueName: "ip"))
    var bindAddress = "127.0.0.1"

    @Option(help: ArgumentHelp("Port to listen on.", valueName: "port"))
    var port = 8001

    @Option(help: ArgumentHelp("Directory of the database; made if it is missing.", valueName: "directory"))
    var dataDir = "/var/lib/viaduct"

    @Flag(help: "Keep objects in memory only: they are gone when the process ends.")
    var inMemory = false

    @Option(
        help: ArgumentHelp(
            "Ranges of cluster IPs, separated by commas; at most one of each family.", valueName: "cidrs"))
    var serviceClusterIPRange = "10.96.0.0/12"

    @Option(help: ArgumentHelp("Node ports to give out.", valueName: "from-to"))
    var serviceNodePortRange = "30000-32767"

    @Option(
        name: .customLong("kubeconfig-out"),
        help: ArgumentHelp("Write a kubeconfig for this server to a file.", valueName: "file"))
    var kubeconfigPath: String?

    @Option(
        name: .shortAndLong, help: ArgumentHelp("How much to log; 4 shows netlink transactions.", valueName: "level"))
    var verbosity = 0

    /// Waits until the server answers, writes the kubeconfig if one is wanted, and returns the URL.
    func announce(_ server: APIServer, _ logger: Logger) async throws -> String {
        let port = try await server.boundPort()
        let isAny = ["0.0.0.0", "::", "[::]"].contains(bindAddress)
        let host = isAny ? "127.0.0.1" : bindAddress.contains(":") ? "[\(bindAddress)]" : bindAddress
        let url = "http://\(host):\(port)"
        if let kubeconfigPath {
            try Data(KubeconfigFile(server: url).text.utf8).write(to: URL(filePath: kubeconfigPath))
        }
        logger.info("ready: kubectl --server \(url)")
        return url
    }

    func configuration() throws -> APIServerConfiguration {
        let networks = try serviceClusterIPRange.split(separator: ",").map { text in
            guard let network = IPNetwork(String(text)) else {
                throw ValidationError("--service-cluster-ip-range: \"\(text)\" is not a CIDR such as 10.96.0.0/12")
            }
            return network
        }
        let ports = serviceNodePortRange.split(separator: "-").compactMap { Int($0) }
        guard ports.count == 2, ports[0] <= ports[1], (1...65535).contains(ports[0]), ports[1] <= 65535 else {
            throw ValidationError(
                "--service-node-port-range: \"\(serviceNodePortRange)\" is not a range such as 30000-32767")
        }
        guard (0...65535).contains(port) else {
            throw ValidationError("--port: \(port) is not a port; use one from 1 to 65535, or 0 for any that is free")
        }
        return APIServerConfiguration(
            host: bindAddress, port: port, serviceCIDRs: networks, nodePortRange: ports[0]...ports[1],
            store: try store())
    }

    private func store() throws -> any ObjectStore {
        if inMemory { return MemoryStore() }
        do {
            try FileManager.default.createDirectory(atPath: dataDir, withIntermediateDirectories: true)
            return try SQLiteStore(path: dataDir + "/viaduct.db")
        } catch {
            let reason = (error as? StoreError)?.description ?? error.localizedDescription
            throw ValidationError("--data-dir \(dataDir): cannot open the database: \(reason)")
        }
    }
}
