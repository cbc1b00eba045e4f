import KubeAPI
import KubeClient

/// Shows hand-written Endpoints of Services without a selector to consumers of EndpointSlices.
public struct EndpointSliceMirroringController: ManagedController {
    public struct Settings: Sendable {
        /// 1...1000.
        public var maximumEndpointsPerSubset = 1000
        /// How long changes of Endpoints are collected before they are written.
        public var updatesBatchPeriod = Duration.zero
        /// Endpoints that are worked on at the same time.
        public var workers = 5

        public init() {}
    }

    /// After a change of slices by somebody else, others may follow.
    private static let sliceChangeDelay = Duration.seconds(1)

    public let name = "endpointslice-mirroring-controller"
    private let controller: Controller<ObjectKey>
    private let writes: OwnWrites<ObjectKey>

    public init(_ context: ControllerContext, settings: Settings = Settings()) {
        let reconciler = MirroringReconciler(context, limit: settings.maximumEndpointsPerSubset)
        controller = context.controller(name, queue: "endpoint_slice_mirroring", workers: settings.workers) {
            try await reconciler.reconcile($0)
        }
        writes = reconciler.writer.writes
        let queue = controller.queue
        reconciler.endpoints.onChange { change in
            guard [change.old, change.new].contains(where: { $0.map(MirroringPlan.isWanted) ?? false }),
                let endpoints = change.latest
            else { return }
            queue.add(endpoints.metadata.key, after: settings.updatesBatchPeriod)
        }
        reconciler.services.onChange { change in
            guard change.old == nil || change.old?.selector.isEmpty != change.new?.selector.isEmpty,
                let service = change.latest
            else { return }
            queue.add(service.metadata.key)
        }
        let delay = max(settings.updatesBatchPeriod, Self.sliceChangeDelay)
        reconciler.slices.onChange { change in
            for key in reconciler.writer.services(touchedBy: change, managedBy: MirroringPlan.controllerName) {
                queue.add(key, after: delay)
            }
        }
    }

    public func run() async {
        // While another process led, these have changed.
        writes.forgetAll()
        await controller.run()
    }
}

struct MirroringReconciler: Sendable {
    let endpoints: Informer<Endpoints>
    let services: Informer<ManagedService>
    let slices: Informer<ManagedEndpointSlice>
    let writer: SliceWriter
    private let context: ControllerContext
    private let limit: Int

    init(_ context: ControllerContext, limit: Int) {
        self.context = context
        self.limit = limit
        endpoints = context.informers.informer()
        services = context.informers.informer()
        slices = context.informers.informer(indexes: [ManagedEndpointSlice.serviceIndex])
        writer = SliceWriter(context.client, clock: context.clock)
    }

    func reconcile(_ key: ObjectKey) async throws -> Controller<ObjectKey>.Result {
        let mirrored = slices.cache.objects(of: key)
            .filter { $0.managedBy == MirroringPlan.controllerName && !$0.metadata.isBeingDeleted }
        guard writer.writes.areVisible(for: key, in: mirrored.map(\.metadata)) else {
            return .again(after: SliceWriter.staleDelay)
        }
        guard let source = endpoints.cache[key], MirroringPlan.isWanted(source),
            let service = services.cache[key], service.selector.isEmpty
        else {
            if mirrored.isEmpty { writer.writes.forget(key) }
            try await writer.write([], [], mirrored, for: key)
            return .done
        }
        let plan = MirroringPlan(source, slices: mirrored, limit: limit)
        report(plan, source)
        try await writer.write(plan.creations, plan.updates, plan.deletions, for: key)
        return .done
    }

    private func report(_ plan: MirroringPlan, _ endpoints: Endpoints) {
        if plan.invalidCount > 0 {
            record(
                endpoints, "InvalidIPAddress",
                "Skipped \(plan.invalidCount) invalid IP addresses when mirroring to EndpointSlices")
        }
        if plan.excessCount > 0 {
            record(
                endpoints, "TooManyAddressesToMirror",
                "A max of \(limit) addresses can be mirrored to EndpointSlices per Endpoints subset. "
                    + "\(plan.excessCount) addresses were skipped")
        }
    }

    private func record(_ endpoints: Endpoints, _ reason: String, _ note: String) {
        context.record(
            KubeEvent(
                .warning, reason: reason, action: "Mirror", note: note, regarding: KubeEvent.Reference(endpoints)))
    }
}
