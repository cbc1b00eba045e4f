import Conntrack
import Dataplane
import FoundationEssentials
import KubeAPI
import KubeClient
import LinuxSystem
public import Logging
import NetworkAddress
import NftablesDataplane
public import ServiceLifecycle
import ServiceModel

/// The proxy as a part of a process: reflectors, sync loop, health and metrics servers, until shutdown.
public struct ProxyService: Service {
    private let client: KubeClient
    private let proxy: ServiceProxy
    private let events: EventRecorder
    private let servers: [StatusServer]
    private let serviceHealth: ServiceHealthServer
    private let nodeName: String
    private let logger: Logger

    /// Opens what can fail at the start, so that a failure is one clear line and touches nothing.
    public init(options: ProxyOptions, logger: Logger) throws {
        let settings = options.settings
        self.logger = logger
        do {
            client = try KubeClient(configuration: Self.clientConfiguration(settings.client), logger: logger)
            nodeName = try HostPreparation(logger: logger).nodeName(settings)
        } catch {
            throw ProxyMain.StartFailure("\(error)")
        }
        var dataplanes: [NftablesDataplane] = []
        for family in IPFamily.allCases {
            do throws(DataplaneError) {
                dataplanes.append(try ProxyMain.makeDataplane(family, settings, logger))
            } catch {
                throw ProxyMain.StartFailure("\(error)")
            }
        }
        let metrics = ProxyMetrics()
        let health = ProxyHealth(timeout: settings.healthTimeout, metrics: metrics)
        let events = EventRecorder(client: client, instance: nodeName, logger: logger)
        self.events = events
        serviceHealth = ServiceHealthServer(addresses: [], health: health, logger: logger)
        servers = [
            StatusServer.health(health, settings, logger: logger),
            StatusServer.metrics(metrics.registry, options, logger: logger),
        ].compactMap { $0 }
        proxy = ServiceProxy(
            model: ServiceModel(
                configuration: ServiceModelConfiguration(
                    nodeName: nodeName, nodePortAddresses: settings.nodePortAddresses,
                    nodeIPOverride: settings.nodeAddress)),
            minSyncPeriod: settings.minSyncPeriod, syncPeriod: settings.syncPeriod,
            parts: ServiceProxy.Parts(
                dataplanes: dataplanes, conntrack: Self.conntrack(logger), metrics: metrics, health: health,
                serviceHealth: serviceHealth, report: { events.record($0) }, logger: logger))
        HostPreparation(logger: logger).apply(settings)
    }

    private static func clientConfiguration(_ settings: ClientSettings) throws -> ClientConfiguration {
        if let path = settings.kubeconfig {
            return try Kubeconfig(path: path).configuration(master: settings.master)
        }
        if let master = settings.master {
            return ClientConfiguration(server: try ServerAddress(master, place: "--master"))
        }
        return try ClientConfiguration.inCluster(environment: ProcessInfo.processInfo.environment)
    }

    private static func conntrack(_ logger: Logger) -> ConntrackCleaner? {
        do {
            return try ConntrackCleaner()
        } catch {
            logger.warning("stale UDP flows will not be removed", metadata: ["error": "\(error)"])
            return nil
        }
    }

    // MARK: Service

    public func run() async throws {
        await proxy.prepare()
        events.record(
            KubeEvent(
                .normal, reason: "Starting", action: "StartKubeProxy", note: "",
                regarding: .init(
                    apiVersion: "v1", kind: Node.kind, key: ObjectKey(namespace: "", name: nodeName), uid: nodeName)))
        do {
            try await cancelWhenGracefulShutdown {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for server in servers { group.addTask { try await server.run() } }
                    group.addTask { await proxy.run() }
                    group.addTask { await events.run() }
                    addReflectors(&group)
                    try await group.waitForAll()
                }
            }
        } catch let error as StatusServer.BindFailure {
            await client.shutdown()
            throw ProxyMain.StartFailure(error.description)
        }
        await serviceHealth.close()
        await client.shutdown()
    }

    /// Objects of other proxies and of headless Services are not even fetched, as upstream has it.
    private static let proxied = ObjectSelector(
        labels: "!service.kubernetes.io/headless,!service.kubernetes.io/service-proxy-name")

    private func addReflectors(_ group: inout ThrowingTaskGroup<Void, any Error>) {
        let proxy = proxy
        let client = client
        let logger = logger
        group.addTask {
            await Reflector(Service.self, client: client, selector: Self.proxied, logger: logger) {
                await proxy.handle($0)
            }.run()
        }
        group.addTask {
            await Reflector(EndpointSlice.self, client: client, selector: Self.proxied, logger: logger) {
                await proxy.handle($0)
            }.run()
        }
        let node = ObjectSelector(fields: "metadata.name=\(nodeName)")
        group.addTask {
            await Reflector(Node.self, client: client, selector: node, logger: logger) { await proxy.handle($0) }.run()
        }
        group.addTask { await watchServiceCIDRs() }
    }

    /// ServiceCIDR objects are new in Kubernetes 1.33: a server that has none, or does not let us read them, is no
    /// reason to wait.
    private func watchServiceCIDRs() async {
        let tracker = ServiceCIDRTracker(proxy: proxy)
        var pause = Duration.milliseconds(200)
        while !Task.isCancelled {
            do throws(APIError) {
                _ = try await client.list(ServiceCIDR.self, limit: 1)
                break
            } catch {
                if error.statusCode != nil {
                    logger.info("ServiceCIDRs are not available", metadata: ["error": "\(error)"])
                    return await proxy.setServiceCIDRs([])
                }
                // The server is down: the other lists wait as well.
                try? await Task.sleep(for: pause)
                pause = min(pause * 2, .seconds(5))
            }
        }
        await Reflector(ServiceCIDR.self, client: client, logger: logger) { await tracker.handle($0) }.run()
    }
}

/// Keeps the ServiceCIDR objects together: the model wants them all at once.
private actor ServiceCIDRTracker {
    private let proxy: ServiceProxy
    private var objects: [ObjectKey: ServiceCIDR] = [:]
    private var isListed = false

    init(proxy: ServiceProxy) { self.proxy = proxy }

    func handle(_ event: ReflectorEvent<ServiceCIDR>) async {
        switch event {
        case .changed(let changes):
            for change in changes {
                switch change {
                case .upserted(let object): objects[object.metadata.key] = object
                case .deleted(let key): objects[key] = nil
                }
            }
        case .synced: isListed = true
        case .undecodable: return
        }
        if isListed { await proxy.setServiceCIDRs(Array(objects.values)) }
    }
}
