import APISecurity
import Controllers
import KubeAPI
import KubeClient
import Logging
import PrometheusMetrics
import Scheduler
import StatusServing

/// The controllers and the scheduler, over one client.
struct ControlPlane: Sendable {
    struct Settings: Sendable {
        var endpointSlices = EndpointSliceController.Settings()
        var nodeLifecycle = NodeLifecycleConfiguration()
        /// Nil: load balancers get no addresses.
        var loadBalancerPool: AddressPool?
        /// Empty: nodes get no pod CIDRs.
        var nodeCIDRs: [ClusterCIDR] = []
        /// Certificates of the API server, published to every namespace; nil: none are.
        var authorityPEM: String?
        /// Signs tokens that lie in Secrets; nil: such Secrets are left as they are.
        var tokenSigner: LegacyTokenSigner?
        /// Signs CertificateSigningRequests; nil: nobody here does.
        var certificateAuthority: CertificateAuthority?
        var certificateDuration = Duration.seconds(365 * 86_400)
    }

    /// A part of the control plane that is ready to run.
    struct Component: Sendable {
        /// Of `/healthz` and `/livez`.
        var health: [HealthCheck]
        /// Of `/readyz`, besides those.
        var readiness: HealthCheck
        /// Works until the task is cancelled.
        var run: @Sendable () async -> Void
    }

    let client: KubeClient
    let registry: MetricsRegistry
    let logger: Logger

    func controllers(_ settings: Settings, election: LeaderElector?) -> Component {
        let events = EventRecorder(
            client: client, controller: "viaduct-controllers", instance: "viaduct-controllers", logger: logger)
        let context = ControllerContext(
            client: client, informers: SharedInformers(client: client, logger: logger),
            record: { events.record($0) }, registry: registry, logger: logger)
        let manager = ControllerManager(
            context: context, controllers: Self.controllers(context, settings), election: election)
        return Component(
            health: leadership(election) + manager.healthChecks, readiness: manager.readinessCheck
        ) {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await events.run() }
                await manager.run()
                group.cancelAll()
            }
        }
    }

    func scheduler(_ configuration: SchedulerConfiguration, election: LeaderElector?) -> Component {
        let events = EventRecorder(
            client: client, controller: configuration.schedulerName, instance: configuration.schedulerName,
            logger: logger)
        let informers = SharedInformers(client: client, logger: logger)
        let scheduler = Scheduler(
            client: client, informers: informers, record: { events.record($0) }, configuration: configuration,
            registry: registry, logger: logger)
        return Component(
            health: leadership(election) + [scheduler.healthCheck], readiness: scheduler.readinessCheck
        ) {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await events.run() }
                if let election {
                    await election.run { await scheduler.runWithInformers() }
                } else {
                    await scheduler.runWithInformers()
                }
                group.cancelAll()
            }
        }
    }

    private func leadership(_ election: LeaderElector?) -> [HealthCheck] {
        guard let leadership = election?.leadership else { return [] }
        let gauge = registry.gauge(
            "leader_election_master_status",
            "Gauge of if the reporting system is master of the relevant lease, 0 indicates backup, 1 indicates master. "
                + "'name' is the string used to identify the lease.", labels: ["name"]
        ).with(leadership.name)
        registry.collect { gauge.set(leadership.isLeading ? 1 : 0) }
        return [HealthCheck("leaderElection") { leadership.problem }]
    }

    private static func controllers(_ context: ControllerContext, _ settings: Settings) -> [any ManagedController] {
        var controllers: [any ManagedController] = [
            EndpointSliceController(context, settings: settings.endpointSlices), EndpointsController(context),
            EndpointSliceMirroringController(context), ReplicaSetController(context), DeploymentController(context),
            DisruptionController(context), NamespaceController(context), ServiceAccountController(context),
            GarbageCollector(context), PodGarbageCollector(context: context),
            NodeLifecycleController(context: context, configuration: settings.nodeLifecycle),
            TaintEvictionController(context: context),
        ]
        if let pool = settings.loadBalancerPool {
            controllers.append(LoadBalancerController(context, settings: .init(pool: pool)))
        } else {
            controllers.append(UnservedLoadBalancers(context))
        }
        if !settings.nodeCIDRs.isEmpty {
            controllers.append(NodeIPAMController(context, settings: .init(clusterCIDRs: settings.nodeCIDRs)))
        }
        if let signer = settings.tokenSigner {
            let tokens = TokensController.Settings(authorityPEM: settings.authorityPEM) {
                try await signer.sign(namespace: $0, account: $1, uid: $2, secret: $3)
            }
            controllers.append(TokensController(context, settings: tokens))
        }
        if let authority = settings.certificateAuthority {
            var signing = CertificateSigningController.Settings {
                try authority.sign(request: $0, usages: $1, lifetime: $2)
            }
            signing.duration = settings.certificateDuration
            controllers.append(CertificateApprovingController(context))
            controllers.append(CertificateSigningController(context, settings: signing))
            controllers.append(CertificateCleaner(context))
        }
        if let bundle = settings.authorityPEM { controllers.append(RootCAPublisher(context, bundle: bundle)) }
        return controllers
    }
}
