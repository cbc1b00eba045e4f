import FoundationEssentials
import Insight
import KubeAPI
import KubeClient
import Logging
import ProxyConfiguration
import ProxyServer

/// Reads the objects for explanations from the API server: those that the proxy watches.
struct ExplainReader {
    let settingsSource: String
    /// What the user should know of the proxy's state.
    let notes: [String]
    private let settings: ProxySettings
    private let shares: ProxyStatus.Shares?
    private let nodeName: String
    private let client: KubeClient

    /// - Throws: what is wrong with the options.
    init(_ proxy: ExplainedProxyOptions, _ options: ClientOptions) async throws {
        let answer = try await proxy.answer()
        settings = answer.settings
        settingsSource = answer.source
        notes = answer.notes
        shares = answer.shares
        let logger = Logger(label: "explain")
        nodeName = try HostPreparation(logger: logger).nodeName(settings)
        var configuration: ClientConfiguration
        // The proxy's first: then both see the same objects.
        if options.kubeconfig == nil, options.master == nil,
            let path = settings.client.kubeconfig ?? APIServices.usersKubeconfig
        {
            configuration = try Kubeconfig(path: path).configuration(master: nil)
        } else {
            do {
                configuration = try options.configuration()
            } catch {
                throw ExplainError("\(error)" + (answer.failure.map { "; and \($0), so the proxy cannot say" } ?? ""))
            }
        }
        configuration.userAgent = ClientConfiguration.userAgent(version: BuildInformation.version)
        client = try KubeClient(configuration: configuration, logger: logger)
    }

    func shutdown() async { await client.shutdown() }

    /// - Parameter namesPods: whether pods are asked about by name.
    /// - Throws: what the API server answers.
    func facts(namesPods: Bool) async throws -> ClusterFacts {
        // As the proxy has them: those of other proxies and of headless Services are not its business.
        async let services = client.all(Service.self, ObjectSelector(labels: ""))
        async let slices = client.all(EndpointSlice.self, ObjectSelector(labels: "!service.kubernetes.io/headless"))
        async let nodes = client.all(Node.self)
        async let ranges = serviceCIDRs()
        async let pods = namesPods ? client.all(Pod.self) : []
        return try await ClusterFacts(
            nodeName: nodeName, settings: settings, services: services, slices: slices, nodes: nodes,
            serviceCIDRs: ranges, pods: pods, shares: shares)
    }

    /// None where the server has no such objects, or does not let us read them.
    private func serviceCIDRs() async throws -> [ServiceCIDR] {
        do throws(APIError) {
            return try await client.list(ServiceCIDR.self, .all).items
        } catch {
            guard error.statusCode != nil else { throw error }
            return []
        }
    }
}
