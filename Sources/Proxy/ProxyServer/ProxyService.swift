import Conntrack
import Dataplane
import FoundationEssentials
import JSONStream
import KubeAPI
import KubeClient
import LinuxSystem
public import Logging
import Netlink
import NetworkAddress
import PrometheusMetrics
public import ProxyConfiguration
public import ServiceLifecycle
import ServiceModel
import SocketBalancing
import StatusServing

/// The proxy as a part of a process: reflectors, sync loop, health and metrics servers, until shutdown.
public struct ProxyService: ServiceLifecycle.Service {
    let client: KubeClient
    let proxy: ServiceProxy
    private let events: EventRecorder
    private let meter: TrafficMeter
    let drains: DrainKeeper
    private let ejection: EjectionWatch
    private let servers: [any ServiceLifecycle.Service]
    private let configurationWatch: ConfigurationFileWatch?
    private let serviceHealth: ServiceHealthServer
    /// The name of this host's Node.
    public let nodeName: String
    let startLog: StartLog
    let logger: Logger
    /// Whether this process's own sockets serve.
    private let isRelay: Bool
    private let untilInForce: AsyncStream<Never>

    /// Opens everything that can fail at the start, so that a failure is one clear line and changes nothing.
    ///
    /// - Parameter host: handles that are already open for these options; nil: none.
    public init(options: ProxyOptions, host: ProxyHost? = nil, logger: Logger) throws {
        let settings = options.settings
        self.logger = logger
        isRelay = !settings.mode.usesNetfilter
        // Before the client: that has connections to close once it is there.
        let host = try host ?? ProxyHost(settings, logger: logger)
        let families = host.families
        let metrics = ProxyMetrics(
            mode: settings.mode, extra: settings.socketBalancing.isEnabled ? SocketBalancer.figures : [])
        ProcessMetrics.register(in: metrics.registry)
        if settings.socketBalancing.isEnabled {
            SocketMetrics.register(settings.socketBalancing, families, in: metrics.registry)
        }
        metrics.show(FeatureGates(options.configuration.featureGates))
        let startLog = StartLog(kinds: [Service.kind, EndpointSlice.kind, Node.kind], logger: logger)
        self.startLog = startLog
        do {
            var configuration = try Self.clientConfiguration(settings.client)
            configuration.userAgent = ClientConfiguration.userAgent(version: BuildInformation.version)
            if settings.client.qps > 0 {
                configuration.requestRate = RequestRate(perSecond: settings.client.qps, burst: settings.client.burst)
            }
            client = try KubeClient(
                configuration: configuration, logger: logger,
                observer: ClientMetrics.observer(metrics.registry))
            nodeName = try HostPreparation(logger: logger).nodeName(settings)
            try HostPreparation(logger: logger).applyRequired(settings)
        } catch {
            throw ProxyMain.StartFailure("\(error)")
        }
        startLog.started(
            settings, nodeName: nodeName, families: families,
            server: client.configuration.servers.map(\.description).joined(separator: ", "))
        let (untilInForce, inForce) = AsyncStream.makeStream(of: Never.self)
        self.untilInForce = untilInForce
        let health = ProxyHealth(timeout: settings.healthTimeout, families: Set(families), metrics: metrics) { _ in
            startLog.programmed(settings)
            inForce.finish()
        }
        let events = EventRecorder(client: client, instance: nodeName, logger: logger)
        let state = ProxyStateFile(besideSocket: settings.statusSocket, logger: logger)
        self.events = events
        serviceHealth = ServiceHealthServer(addresses: [], health: health, logger: logger)
        var servers: [any ServiceLifecycle.Service] = [
            StatusServer.health(health, settings, logger: logger),
            StatusServer.metrics(metrics.registry, options, logger: logger),
        ].compactMap { $0 }
        configurationWatch = options.configurationFile.map { path in
            ConfigurationFileWatch(path: path) { try? ConfigurationFile.read($0) }
        }
        proxy = ServiceProxy(
            model: ServiceModel(
                configuration: settings.modelConfiguration(nodeName: nodeName, families: Set(families))),
            minSyncPeriod: settings.minSyncPeriod, syncPeriod: settings.syncPeriod,
            parts: ServiceProxy.Parts(
                dataplanes: host.dataplanes, conntrack: settings.mode.usesNetfilter ? Self.conntrack(logger) : nil,
                metrics: metrics, health: health,
                serviceHealth: serviceHealth, report: { events.record($0) },
                keepCarried: {
                    await DataplaneFactory(settings: settings, logger: logger).keepCarried($0, $1)
                },
                removeOtherModes: {
                    await DataplaneFactory(settings: settings, logger: logger).removeOtherModes($0)
                },
                removeRest: {
                    await DataplaneFactory(settings: settings, logger: logger).removeRest($0, isLast: $1)
                },
                watch: { heard throws(DataplaneError) in
                    try settings.mode.watch?.begin(settings.forBackend(), families, heard)
                },
                watchHost: { changed throws(SystemError) in
                    // Pods may come and go with addresses of the host: nobody listens where nothing depends on them.
                    guard
                        settings.nodePortAddresses.followsLocalAddresses || !settings.mode.devices.isEmpty
                            || !settings.mode.routeMakers.isEmpty
                    else { return nil }
                    return try HostWatch(
                        devices: Set(settings.mode.devices), makers: settings.mode.routeMakers, body: changed)
                }, probePeriod: settings.mode.probePeriod, drainTimeout: settings.drainTimeout, state: state,
                logger: logger))
        let proxy = proxy
        let logger = logger
        let dataplanes = host.dataplanes
        meter = TrafficMeter(
            limit: settings.endpointMetrics, families: families,
            sources: {
                var sources = dataplanes.flatMap(\.flowSources)
                if settings.mode.usesNetfilter {
                    sources.append(
                        try ConntrackFlows(
                            translatedOnly: !settings.mode.traces.contains(.virtualServers),
                            countsBytes: SystemFiles.host.integer(ConntrackSysctls.directory + "nf_conntrack_acct") == 1
                        ))
                }
                return sources
            },
            model: TrafficMeter.Model {
                await proxy.ports(of: $0)
            } endpoints: {
                await proxy.endpointAddresses()
            }, logger: logger)
        if settings.endpointMetrics > 0 { TrafficMetrics.register(meter, in: metrics.registry) }
        ejection = EjectionWatch(
            sources: {
                var sources = dataplanes.compactMap(\.answerSource)
                if settings.mode.usesNetfilter {
                    sources.append(
                        try AnswerEvents(translatedOnly: !settings.mode.traces.contains(.virtualServers)))
                }
                return sources
            }, conntrack: proxy.parts.conntrack, report: { events.record($0) }, logger: logger)
        drains = DrainKeeper(
            .init(
                nodeName: nodeName, set: { await proxy.setDrains($0) }, endpoints: { await proxy.drainedEndpoints() },
                count: FlowCensus(settings.mode, dataplanes).count,
                isInForce: { proxy.parts.progress.all.values.allSatisfy { $0.pendingSince == nil } },
                report: { events.record($0) },
                patch: { [client] report in
                    guard let path = report.path else { return }
                    _ = try await client.send(
                        .patch(path, .strategicMerge, report.body(at: .now()).serialized()))
                }, state: state, logger: logger))
        if let path = settings.statusSocket {
            let pages = ProxyStatusPages(
                proxy, meter, drains, options, client: client)
            servers.append(SocketServer(path: path, logger: logger) { await pages.answer($0) })
        }
        self.servers = servers
        HostPreparation(logger: logger).apply(settings)
    }

    private static func clientConfiguration(_ settings: ClientSettings) throws -> ClientConfiguration {
        if let configuration = settings.configuration { return configuration }
        if let path = settings.kubeconfig {
            return try Kubeconfig(path: path).configuration(master: settings.master)
        }
        if let master = settings.master {
            return try ClientConfiguration(servers: master, place: "--master")
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

    // MARK: For the service manager

    /// Returns when the rules of all families are first in force. For one caller.
    public func programmed() async {
        for await _ in untilInForce {}
    }

    /// Returns when the sync loop responds, and does not return while a call into the kernel hangs.
    public func responds() async { await proxy.respond() }

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
                    if let configurationWatch { group.addTask { try await configurationWatch.run() } }
                    group.addTask { await proxy.run() }
                    group.addTask { await events.run() }
                    group.addTask { await meter.run() }
                    group.addTask { await ejection.run(for: proxy) }
                    followDrains(&group)
                    group.addTask { await PodLabelWatch(client: client, proxy: proxy, logger: logger).run() }
                    addReflectors(&group)
                    // Who fails ends all: with waitForAll the others would go on for ever.
                    for try await _ in group {}
                }
            }
        } catch {
            await close()
            throw ProxyMain.StartFailure("\(error)")
        }
        await close()
    }

    /// What this process served by its own sockets ends with it. Conntrack is not to keep another mode from translating what
    /// the clients begin from the same ports.
    private func forgetRelayed() async {
        guard isRelay else { return }
        for family in proxy.parts.dataplanes.map(\.family) {
            do {
                _ = try await ConntrackCleaner().removeUntranslated(
                    to: await proxy.allFlows(family), family: family, isEnd: true)
            } catch {
                logger.debug("conntrack remembers relayed connections", metadata: ["error": "\(error)"])
            }
        }
    }

    private func close() async {
        // Another mode may be in force, and clients use the ports of connections that break off at once.
        await forgetRelayed()
        for dataplane in proxy.parts.dataplanes { await dataplane.closeConnections() }
        await forgetRelayed()
        for dataplane in proxy.parts.dataplanes { await dataplane.shutdown() }
        await serviceHealth.close()
        await client.shutdown()
    }
}
