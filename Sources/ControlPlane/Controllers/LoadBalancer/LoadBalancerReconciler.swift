import JSONStream
import KubeAPI
import KubeClient
import Logging
import NetworkAddress
import Synchronization

struct LoadBalancerReconciler: Sendable {
    private final class State: Sendable {
        struct Value {
            var allocator: LoadBalancerAllocator
            /// Services that could not have what they asked for.
            var waiting: Set<ObjectKey> = []
        }

        let value: Mutex<Value>

        init(_ pool: AddressPool) { value = Mutex(Value(allocator: LoadBalancerAllocator(pool))) }
    }

    let services: Informer<ManagedService>
    /// For Services that wait for what others give back.
    let requeue = Requeue<ObjectKey>()
    private let context: ControllerContext
    private let settings: LoadBalancerController.Settings
    private let state: State

    init(_ context: ControllerContext, _ settings: LoadBalancerController.Settings) {
        self.context = context
        self.settings = settings
        services = context.informers.informer()
        state = State(settings.pool)
    }

    /// Most changes are of Services that never had a load balancer.
    static func concerns(_ change: ObjectTransition<ManagedService>) -> Bool {
        [change.old, change.new].contains { service in
            guard let service else { return false }
            return service.type == "LoadBalancer" || service.metadata.finalizers.contains(LoadBalancerStep.finalizer)
        }
    }

    /// Begins anew with what the Services show. Where two show the same address, the older one has it.
    func readServices() {
        let owners = services.cache.all.filter { service in
            if case .provide = step(service) { return true }
            return false
        }
        let sorted = owners.sorted {
            ($0.metadata.creationTimestamp, $0.metadata.key) < ($1.metadata.creationTimestamp, $1.metadata.key)
        }
        state.value.withLock { state in
            state = State.Value(allocator: LoadBalancerAllocator(settings.pool))
            for service in sorted {
                state.allocator.adopt(
                    service.metadata.key, service.loadBalancerIngress.compactMap { IPAddress($0.ip) })
            }
        }
    }

    private func step(_ service: ManagedService) -> LoadBalancerStep {
        LoadBalancerStep(
            service, ownClass: settings.loadBalancerClass, servesUnclassed: settings.servesUnclassed)
    }

    func reconcile(_ key: ObjectKey) async throws -> Controller<ObjectKey>.Result {
        guard let service = services.cache[key] else {
            release(key)
            return .done
        }
        switch step(service) {
        case .provide(let demand):
            let outcome = demand.flatMap { assign(key, $0) }
            try await provide(outcome, to: service)
        case .withdraw:
            try await withdraw(service)
            release(key)
        case .ignore:
            release(key)
        }
        return .done
    }

    private func assign(
        _ key: ObjectKey, _ demand: LoadBalancerAllocator.Demand
    ) -> Result<[IPAddress], LoadBalancerAllocator.Problem> {
        typealias Outcome = Result<[IPAddress], LoadBalancerAllocator.Problem>
        let (outcome, waiting) = state.value.withLock { state -> (Outcome, Set<ObjectKey>) in
            let before = state.allocator[key]
            let outcome = Outcome { () throws(LoadBalancerAllocator.Problem) in try state.allocator.assign(key, demand)
            }
            state.waiting.remove(key)
            let now = (try? outcome.get()) ?? []
            // What it had and no longer has may be what others wait for.
            let waiting = before.allSatisfy(now.contains) ? [] : state.waiting
            state.waiting.subtract(waiting)
            if case .failure = outcome { state.waiting.insert(key) }
            return (outcome, waiting)
        }
        requeue.add(waiting.sorted())
        return outcome
    }

    private func release(_ key: ObjectKey) {
        let waiting = state.value.withLock { state -> Set<ObjectKey> in
            state.waiting.remove(key)
            guard state.allocator.release(key) else { return [] }
            defer { state.waiting = [] }
            return state.waiting
        }
        requeue.add(waiting.sorted())
    }

    // MARK: Requests

    private func provide(
        _ outcome: Result<[IPAddress], LoadBalancerAllocator.Problem>, to service: ManagedService
    ) async throws(APIError) {
        switch outcome {
        case .success(let addresses):
            // Before the address: none may be in use that nobody would take back.
            try await setFinalizer(true, service)
            guard !service.shows(addresses) else { return }
            try await setStatus(addresses, service)
            record(
                service, .normal, "EnsuredLoadBalancer",
                "Ensured load balancer: \(addresses.map(\.description).joined(separator: ", "))")
        case .failure(let problem):
            if !service.loadBalancerIngress.isEmpty { try await setStatus([], service) }
            record(service, .warning, "SyncLoadBalancerFailed", "Error syncing load balancer: \(problem)")
        }
    }

    private func withdraw(_ service: ManagedService) async throws(APIError) {
        if !service.loadBalancerIngress.isEmpty { try await setStatus([], service) }
        try await setFinalizer(false, service)
        record(service, .normal, "DeletedLoadBalancer", "Deleted load balancer")
    }

    private func setStatus(_ addresses: [IPAddress], _ service: ManagedService) async throws(APIError) {
        let ingress = addresses.map { address -> JSONValue in
            ["ip": .string(address.description), "ipMode": "VIP"]
        }
        let patch: JSONValue = [
            "metadata": ["uid": .string(service.metadata.uid)],
            "status": ["loadBalancer": ["ingress": ingress.isEmpty ? .null : .array(ingress)]],
        ]
        _ = try await context.client.patch(
            ManagedService.self, service.metadata.key, subresource: "status", .merge, patch.serialized())
    }

    private func setFinalizer(_ isWanted: Bool, _ service: ManagedService) async throws(APIError) {
        var finalizers = service.metadata.finalizers.filter { $0 != LoadBalancerStep.finalizer }
        if isWanted { finalizers.append(LoadBalancerStep.finalizer) }
        guard finalizers.count != service.metadata.finalizers.count else { return }
        // Others have finalizers, too: the list is theirs as well. The strategic patch changes this one element.
        let element: JSONValue = .string(LoadBalancerStep.finalizer)
        let metadata: JSONValue =
            isWanted
            ? ["uid": .string(service.metadata.uid), "finalizers": [element]]
            : ["uid": .string(service.metadata.uid), "$deleteFromPrimitiveList/finalizers": [element]]
        let patch: JSONValue = ["metadata": metadata]
        _ = try await context.client.patch(
            ManagedService.self, service.metadata.key, .strategicMerge, patch.serialized())
    }

    private func record(
        _ service: ManagedService, _ type: KubeEvent.EventType, _ reason: String, _ note: String
    ) {
        context.record(
            KubeEvent(
                type, reason: reason, action: "SyncLoadBalancer", note: note,
                regarding: KubeEvent.Reference(service)))
    }
}
