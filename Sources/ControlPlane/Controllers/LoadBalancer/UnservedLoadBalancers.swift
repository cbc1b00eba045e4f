import KubeAPI
import KubeClient

/// Tells the owners of Services of type LoadBalancer that nobody here has addresses to give, where no pool is configured.
/// Another program may serve them; then they have an address soon, and nothing is said.
public struct UnservedLoadBalancers: ManagedController {
    public let name = "unserved-load-balancers"
    /// What another program is given to serve a Service.
    static let patience = Duration.seconds(5)
    /// Events do not last.
    private static let reminder = Duration.seconds(1800)

    private let controller: Controller<ObjectKey>

    public init(_ context: ControllerContext) {
        let services = context.informers.informer(ManagedService.self)
        let cache = services.cache
        controller = context.controller(name, queue: "unserved_load_balancers", workers: 1) { key in
            guard let service = cache[key], Self.isUnserved(service) else { return .done }
            let age = Timestamp(service.metadata.creationTimestamp).map { context.time() - $0 } ?? Self.patience
            guard age >= Self.patience else { return .again(after: Self.patience - max(age, .zero)) }
            context.record(
                KubeEvent(
                    .warning, reason: "SyncLoadBalancerFailed", action: "SyncLoadBalancer",
                    note: "Error syncing load balancer: there are no addresses to give; name some with "
                        + "--load-balancer-addresses, or have another program serve load balancers",
                    regarding: .init(service)))
            return .again(after: Self.reminder)
        }
        let queue = controller.queue
        services.onChange { change in
            guard let service = change.new, Self.isUnserved(service), change.old.map(Self.isUnserved) != true else {
                return
            }
            queue.add(service.metadata.key)
        }
    }

    /// A Service of a class that is not ours is somebody else's for certain.
    static func isUnserved(_ service: ManagedService) -> Bool {
        let isOurs = service.loadBalancerClass.map { $0 == LoadBalancerController.Settings.defaultClass } ?? true
        return service.type == "LoadBalancer" && isOurs && service.loadBalancerIngress.isEmpty
            && !service.metadata.isBeingDeleted
    }

    public func run() async { await controller.run() }
}
