import JSONStream
import KubeAPI
import KubeClient

/// Keeps the status of PodDisruptionBudgets, from which the API server decides about evictions.
public struct DisruptionController: ManagedController {
    public let name = "disruption-controller"

    private let controller: Controller<ObjectKey>

    public init(_ context: ControllerContext, workers: Int = 4) {
        let budgets = context.informers.informer(PodDisruptionBudget.self, indexes: [.namespace])
        let pods = context.informers.informer(Pod.self, indexes: [.namespace])
        let scales = ScaleFinder(
            client: context.client, sets: context.informers.informer(ReplicaSet.self).cache,
            deployments: context.informers.informer(Deployment.self).cache,
            kinds: KindCatalog(client: context.client))
        let work = DisruptionReconciler(context: context, budgets: budgets.cache, pods: pods.cache, scales: scales)
        controller = context.controller(name, queue: "disruption", workers: workers) { try await work.reconcile($0) }
        let queue = controller.queue
        let cache = budgets.cache
        budgets.onChange { if let budget = $0.latest { queue.add(budget.metadata.key) } }
        pods.onChange { change in
            for pod in [change.old, change.new] {
                guard let pod else { continue }
                for budget in cache.inNamespace(pod.metadata.namespace)
                where budget.selector?.matches(pod.metadata.labels) == true {
                    queue.add(budget.metadata.key)
                }
            }
        }
    }

    public func run() async { await controller.run() }
}

/// Carries out what ``DisruptionPlan`` says.
struct DisruptionReconciler: Sendable {
    let context: ControllerContext
    let budgets: InformerCache<PodDisruptionBudget>
    let pods: InformerCache<Pod>
    let scales: ScaleFinder

    func reconcile(_ key: ObjectKey) async throws -> Controller<ObjectKey>.Result {
        guard let budget = budgets[key] else { return .done }
        do {
            return try await count(budget)
        } catch let error as APIError where error.isConflict || error.cause == .cancelled {
            throw error
        } catch {
            tell(
                .warning, "CalculateExpectedPodCountFailed",
                "Failed to calculate the number of expected pods: \(error)", .init(budget))
            try await write(DisruptionPlan.failure(budget, "\(error)", now: context.time()), budget)
            throw error
        }
    }

    private func count(_ budget: PodDisruptionBudget) async throws -> Controller<ObjectKey>.Result {
        let selected = pods.inNamespace(budget.metadata.namespace).filter { pod in
            budget.selector?.matches(pod.metadata.labels) == true
        }
        if selected.isEmpty { tell(.normal, "NoPods", "No matching pods found", .init(budget)) }
        let found = DisruptionPlan.needsScales(budget) ? try await scales.scales(of: selected) : [:]
        let plan = DisruptionPlan(budget, pods: selected, scales: found, now: context.time())
        if !plan.unmanaged.isEmpty {
            tell(
                .warning, "UnmanagedPods",
                "Pods selected by this PodDisruptionBudget were found to be unmanaged, and its status cannot be "
                    + "calculated correctly. To account for these pods set \".spec.minAvailable\" to an integer.",
                .init(budget))
        }
        for pod in plan.notDeleted {
            tell(
                .warning, "NotDeleted",
                "Pod was expected by PDB \(budget.metadata.key) to be deleted but it wasn't", .init(pod))
        }
        try await write(plan.status, budget)
        return plan.nextCheck.map { .again(after: max($0, .milliseconds(100))) } ?? .done
    }

    private func write(_ status: PodDisruptionBudget.Status, _ budget: PodDisruptionBudget) async throws(APIError) {
        guard status != budget.status else { return }
        var json = status.json
        // A merge patch keeps what it does not name.
        var disrupted = json["disruptedPods"] ?? [:]
        for pod in budget.status.disruptedPods.keys where status.disruptedPods[pod] == nil { disrupted[pod] = .null }
        json["disruptedPods"] = disrupted
        let patch = JSONValue.patch(["status": json], of: budget.metadata, atVersion: true)
        do throws(APIError) {
            let _: PodDisruptionBudget = try await context.client.patch(
                PodDisruptionBudget.self, budget.metadata.key, subresource: "status", .merge, patch.serialized())
        } catch {
            guard error.isNotFound else { throw error }
        }
    }

    private func tell(
        _ type: KubeEvent.EventType, _ reason: String, _ note: String, _ regarding: KubeEvent.Reference
    ) {
        context.record(KubeEvent(type, reason: reason, action: "Count", note: note, regarding: regarding))
    }
}
