import APISecurity
import APIServer
import ArgumentParser
import Foundation
import Logging
import NetworkAddress
import ObjectStore

/// The flags of the API server, with kube-apiserver's names where it has them.
struct APIServerOptions: ParsableArguments {
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
        help: ArgumentHelp(
            "Bytes that the database may use before it accepts only deletions; 0: 2 GiB.", valueName: "bytes"))
    var quotaBackendBytes = 0

    @Option(
        name: .customLong("event-ttl"),
        help: ArgumentHelp("How long Events live after they were written last.", valueName: "duration"))
    var eventLifetime = "1h"

    @Option(
        name: .customLong("etcd-compaction-interval"),
        help: ArgumentHelp(
            "How long at least old versions of objects stay watchable; kube-apiserver's name for it.",
            valueName: "duration"))
    var compactionInterval = "5m"

    @OptionGroup(title: "etcd") var etcd: EtcdOptions
    @OptionGroup(title: "Serving") var serving: ServingOptions
    @OptionGroup(title: "Authentication") var authentication: AuthenticationOptions
    @OptionGroup(title: "Authorization and limits") var access: AccessOptions
    @OptionGroup(title: "Audit") var audit: AuditOptions
    @OptionGroup(title: "Log") var log: LogOptions

    /// - Parameters:
    ///   - addresses: those of this host.
    ///   - servesOthers: whether the Service `kubernetes` leads to this host's address by default.
    func configuration(addresses: [IPAddress], servesOthers: Bool = false) throws -> APIServerConfiguration {
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
        let claim = try claim()
        let directory = try certificateDirectory()
        let store = try store(isUsed: directory.isUsed)
        let authority = try directory.authority()
        var configuration = APIServerConfiguration(
            plain: serving.plain, serviceCIDRs: networks, nodePortRange: ports[0]...ports[1], store: store)
        configuration.dataDirectory = claim
        let first = networks.map { IPAddress(family: $0.family, value: $0.address.value + 1) }
        if let family = networks.first?.family {
            configuration.advertiseAddress = serving.advertised(
                family, candidates: addresses, servesOthers: servesOthers)
        }
        let advertised = configuration.advertiseAddress.map { [$0] } ?? []
        configuration.secure = try serving.secure(
            directory, authority, addresses: addresses + advertised + first)
        configuration.authentication = try authentication.configuration(
            directory, authority, isLoopback: serving.isLoopback)
        configuration.nodeAccess = NodeAccess(
            try directory.client(NodeAccess.user, name: "apiserver-kubelet-client", authority: authority))
        configuration.authentication.takesBootstrapTokens = true
        configuration.authorizationModes = try access.modes()
        // Accounts are made by a controller, and their volumes hold the authority.
        configuration.admitsServiceAccounts = try access.admitsServiceAccounts(
            usual: servesOthers && configuration.secure != nil)
        configuration.limits = try access.limits()
        configuration.audit = try audit.configuration()
        configuration.eventLifetime = try DurationText.parse(eventLifetime, flag: "--event-ttl")
        configuration.compactionInterval = try DurationText.parse(
            compactionInterval, flag: "--etcd-compaction-interval")
        return configuration
    }

    /// The data directory, for this process alone.
    private func claim() throws -> DataDirectory {
        do {
            return try DataDirectory(path: dataDir)
        } catch {
            throw ValidationError("--data-dir \(error)")
        }
    }

    func certificateDirectory() throws -> CertificateDirectory {
        let path = serving.certDir ?? dataDir + "/pki"
        do {
            return try CertificateDirectory(path: path, logger: Logger(label: "certificates"))
        } catch {
            throw ValidationError("--cert-dir \(error)")
        }
    }

    /// - Parameter isUsed: whether there was a server here before, of which the database should be.
    private func store(isUsed: Bool) throws -> any ObjectStore {
        guard quotaBackendBytes >= 0 else {
            throw ValidationError("--quota-backend-bytes: \(quotaBackendBytes) is not a number of bytes")
        }
        if let store = try etcd.store() {
            guard !inMemory else { throw ValidationError("--in-memory and --etcd-servers exclude each other") }
            return store
        }
        if inMemory { return MemoryStore() }
        do {
            let path = dataDir + "/viaduct.db"
            let store = try SQLiteStore(
                path: path, quota: quotaBackendBytes == 0 ? SQLiteStore.defaultQuota : quotaBackendBytes)
            let logger = Logger(label: "store")
            for finding in store.findings { logger.error("\(finding)", metadata: ["database": "\(path)"]) }
            if isUsed, store.isNew {
                logger.error(
                    "the database is empty although a server was here before: if objects are missing, stop and restore it",
                    metadata: ["database": "\(path)", "found": "ca.crt of an earlier start"])
            }
            return store
        } catch {
            let reason = error.description
            throw ValidationError("--data-dir \(dataDir): cannot open the database: \(reason)")
        }
    }

    // MARK: For clients

    /// The administrator's.
    var kubeconfigPath: String { dataDir + "/admin.kubeconfig" }

    /// Waits until the server answers, writes the administrator's kubeconfig, and logs its path.
    /// - Returns: the server's URL.
    func announce(_ server: APIServer, _ configuration: APIServerConfiguration, _ logger: Logger) async throws -> String
    {
        let ports = try await server.ports()
        let url = serving.url(ports)
        let path = kubeconfigPath
        let text = try adminKubeconfig(url, configuration)
        for file in [path, serving.kubeconfigPath].compactMap({ $0 }) {
            do {
                try ServerFile.update(text, to: file)
            } catch {
                // Those who have one can go on with it, and the server serves all the same.
                logger.error("cannot write the kubeconfig", metadata: ["file": "\(file)", "error": "\(error)"])
            }
        }
        if let port = ports.plain, port != 0 {
            logger.warning(
                "plain HTTP on loopback: every user of this host may do everything",
                metadata: ["server": "http://127.0.0.1:\(port)"])
        }
        logger.info("ready: kubectl --kubeconfig \(path)", metadata: ["server": "\(url)"])
        return url
    }

    private func adminKubeconfig(_ url: String, _ configuration: APIServerConfiguration) throws -> String {
        guard let secure = configuration.secure else { return KubeconfigFile(server: url).text }
        let admin = UserInfo(name: "admin", groups: [UserInfo.privilegedGroup])
        let directory = try certificateDirectory()
        let certificate = try directory.client(admin, name: "admin", authority: try directory.authority())
        return KubeconfigFile(
            server: url, authorityPEM: secure.certificate.authorityPEM, clientCertificate: certificate
        ).text
    }
}
