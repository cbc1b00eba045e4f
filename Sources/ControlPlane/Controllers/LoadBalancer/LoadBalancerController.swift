import KubeAPI
import KubeClient

/// Gives Services of type LoadBalancer addresses of a pool: `status.loadBalancer.ingress`. How their packets come to a
/// node is not its concern.
public struct LoadBalancerController: ManagedController {
    public struct Settings: Sendable {
        public static let defaultClass = "viaduct.io/pool"

        public var pool: AddressPool
        /// `spec.loadBalancerClass` of Services that are served.
        public var loadBalancerClass = Settings.defaultClass
        /// Whether Services without a class are served, too.
        public var servesUnclassed = true

        public init(pool: AddressPool) {
            self.pool = pool
        }
    }

    public let name = "service-lb-controller"
    private let controller: Controller<ObjectKey>
    private let reconciler: LoadBalancerReconciler

    public init(_ context: ControllerContext, settings: Settings) {
        let reconciler = LoadBalancerReconciler(context, settings)
        self.reconciler = reconciler
        controller = context.controller(name, queue: "service") { [reconciler] key in
            try await reconciler.reconcile(key)
        }
        reconciler.requeue.connect(controller.queue)
        reconciler.services.onChange { [queue = controller.queue] change in
            guard let service = change.latest, LoadBalancerReconciler.concerns(change) else { return }
            queue.add(service.metadata.key)
        }
    }

    public func run() async {
        reconciler.readServices()
        await controller.run()
    }
}
