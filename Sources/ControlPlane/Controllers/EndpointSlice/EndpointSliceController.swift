import KubeAPI
import KubeClient

/// Keeps the EndpointSlices of Services that select pods.
public struct EndpointSliceController: ManagedController {
    public struct Settings: Sendable {
        /// 1...1000.
        public var maximumEndpointsPerSlice = 100
        /// How long changes of pods are collected before they are written.
        public var updatesBatchPeriod = Duration.zero
        /// Services that are worked on at the same time.
        public var workers = 5

        public init() {}
    }

    /// After a change of slices by somebody else, others may follow.
    private static let sliceChangeDelay = Duration.seconds(1)

    public let name = "endpointslice-controller"
    private let controller: Controller<ObjectKey>
    private let reconciler: EndpointSliceReconciler

    public init(_ context: ControllerContext, settings: Settings = Settings()) {
        let reconciler = EndpointSliceReconciler(context, limit: settings.maximumEndpointsPerSlice)
        self.reconciler = reconciler
        controller = context.controller(name, queue: "endpoint_slice", workers: settings.workers) {
            try await reconciler.reconcile($0)
        }
        addHandlers(reconciler, batch: settings.updatesBatchPeriod)
    }

    private func addHandlers(_ reconciler: EndpointSliceReconciler, batch: Duration) {
        let queue = controller.queue
        let members = reconciler.members
        members.services.onChange { change in
            if let service = change.latest { queue.add(service.metadata.key) }
        }
        members.pods.onChange { change in
            for key in members.services(affectedBy: change) { queue.add(key, after: batch) }
        }
        // A node may become known later than its pods, or in another zone.
        reconciler.nodes.onChange { change in
            guard let node = change.latest,
                change.old == nil || change.old?.metadata.labels[Node.zoneLabel] != node.metadata.labels[Node.zoneLabel]
            else { return }
            for pod in members.pods(on: node.metadata.name) {
                for key in members.services(of: pod) { queue.add(key, after: batch) }
            }
        }
        let delay = max(batch, Self.sliceChangeDelay)
        reconciler.slices.onChange { change in
            for key in reconciler.services(touchedBy: change) { queue.add(key, after: delay) }
        }
    }

    public func run() async {
        reconciler.forgetAll()
        await controller.run()
    }
}

struct EndpointSliceReconciler: Sendable {
    let members: ServicePods
    let nodes: Informer<Node>
    let slices: Informer<ManagedEndpointSlice>
    private let context: ControllerContext
    private let limit: Int
    private let writer: SliceWriter
    private let triggerTimes = TriggerTimes()
    private let metrics: EndpointSliceMetrics

    init(_ context: ControllerContext, limit: Int) {
        self.context = context
        self.limit = limit
        members = ServicePods(context.informers)
        nodes = context.informers.informer()
        slices = context.informers.informer(indexes: [ManagedEndpointSlice.serviceIndex])
        writer = SliceWriter(context.client, clock: context.clock)
        metrics = EndpointSliceMetrics(context.registry)
    }

    /// What was known while another process did not lead is not true any more.
    func forgetAll() {
        writer.writes.forgetAll()
        triggerTimes.forgetAll()
        metrics.forgetAll()
    }

    func reconcile(_ key: ObjectKey) async throws -> Controller<ObjectKey>.Result {
        guard let service = members.services.cache[key] else {
            // The garbage collector takes the slices.
            forget(key)
            return .done
        }
        guard service.selectsPods else {
            forget(key)
            return .done
        }
        let all = slices.cache.objects(of: key).filter { $0.managedBy == EndpointSlicePlan.controllerName }
        guard writer.writes.areVisible(for: key, in: all.map(\.metadata)) else {
            metrics.synced(.stale)
            return .again(after: SliceWriter.staleDelay)
        }
        let pods = members.pods(of: service)
        let present = all.filter { !$0.metadata.isBeingDeleted }
        let plan = EndpointSlicePlan(
            service, pods: pods, slices: present,
            node: { nodes.cache[ObjectKey(namespace: "", name: $0)] },
            triggerTime: triggerTimes.update(service, pods), limit: limit)
        try await write(plan, for: service)
        metrics.wrote(plan, over: present, for: service)
        metrics.synced(.success)
        return .done
    }

    private func forget(_ key: ObjectKey) {
        triggerTimes.forget(key)
        writer.writes.forget(key)
        metrics.forget(key)
    }

    private func write(_ plan: EndpointSlicePlan, for service: ManagedService) async throws(APIError) {
        let key = service.metadata.key
        do {
            try await writer.write(plan.creations, plan.updates, plan.deletions, for: key)
        } catch {
            metrics.synced(.error)
            if !error.isConflict {
                context.record(
                    KubeEvent(
                        .warning, reason: "FailedToUpdateEndpointSlices", action: "Update",
                        note: "Error updating Endpoint Slices for Service \(key): \(error)",
                        regarding: KubeEvent.Reference(service)))
            }
            throw error
        }
    }

    /// The Services to look at after a change of a slice: none if it was made here.
    func services(touchedBy change: ObjectTransition<ManagedEndpointSlice>) -> Set<ObjectKey> {
        writer.services(touchedBy: change, managedBy: EndpointSlicePlan.controllerName)
    }
}
