import JSONStream
import KubeAPI
import KubeClient

/// Keeps the Endpoints of Services that select pods, for clients that know no EndpointSlices.
public struct EndpointsController: ManagedController {
    public struct Settings: Sendable {
        /// How long changes of pods are collected before they are written.
        public var updatesBatchPeriod = Duration.zero
        /// Services that are worked on at the same time.
        public var workers = 5

        public init() {}
    }

    public let name = "endpoints-controller"
    private let controller: Controller<ObjectKey>
    private let reconciler: EndpointsReconciler

    public init(_ context: ControllerContext, settings: Settings = Settings()) {
        let reconciler = EndpointsReconciler(context)
        self.reconciler = reconciler
        controller = context.controller(name, queue: "endpoint", workers: settings.workers) {
            try await reconciler.reconcile($0)
        }
        let queue = controller.queue
        reconciler.members.services.onChange { change in
            if let service = change.latest { queue.add(service.metadata.key) }
        }
        reconciler.members.pods.onChange { [members = reconciler.members] change in
            for key in members.services(affectedBy: change) { queue.add(key, after: settings.updatesBatchPeriod) }
        }
        // Those that others wrote are theirs. Of ours, the Service may have gone while nobody was here.
        reconciler.endpoints.onChange { change in
            guard let endpoints = change.latest, EndpointsReconciler.isOwn(endpoints),
                !reconciler.isOwnWrite(endpoints, isGone: change.new == nil)
            else { return }
            queue.add(endpoints.metadata.key)
        }
    }

    public func run() async {
        reconciler.forgetAll()
        await controller.run()
    }
}

struct EndpointsReconciler: Sendable {
    let members: ServicePods
    let endpoints: Informer<Endpoints>
    private let context: ControllerContext
    private let writes: OwnWrites<ObjectKey>
    private let triggerTimes = TriggerTimes()

    init(_ context: ControllerContext) {
        self.context = context
        members = ServicePods(context.informers)
        endpoints = context.informers.informer()
        writes = OwnWrites(clock: context.clock)
    }

    static func isOwn(_ endpoints: Endpoints) -> Bool {
        endpoints.metadata.labels[EndpointsPlan.managedByLabel] == EndpointsPlan.controllerName
    }

    /// What was known while another process did not lead is not true any more.
    func forgetAll() {
        writes.forgetAll()
        triggerTimes.forgetAll()
    }

    func isOwnWrite(_ endpoints: Endpoints, isGone: Bool) -> Bool {
        writes.saw(endpoints.metadata, isGone: isGone, for: endpoints.metadata.key)
    }

    func reconcile(_ key: ObjectKey) async throws -> Controller<ObjectKey>.Result {
        let present = endpoints.cache[key]
        guard let service = members.services.cache[key] else {
            triggerTimes.forget(key)
            writes.forget(key)
            if present != nil { try await delete(key) }
            return .done
        }
        guard service.selectsPods else { return .done }
        guard writes.areVisible(for: key, in: present.map { [$0.metadata] } ?? []) else {
            return .again(after: SliceWriter.staleDelay)
        }
        let pods = members.pods(of: service)
        let plan = EndpointsPlan(
            service, pods: pods, present: present, triggerTime: triggerTimes.update(service, pods))
        guard let wanted = plan.wanted, present != nil || !service.metadata.isBeingDeleted else { return .done }
        try await write(wanted, isNew: present == nil, for: service)
        return .done
    }

    private func write(_ wanted: Endpoints, isNew: Bool, for service: ManagedService) async throws(APIError) {
        let key = wanted.metadata.key
        let body = wanted.json.serialized()
        do {
            let written =
                isNew
                ? try await context.client.create(Endpoints.self, namespace: key.namespace, body)
                : try await context.client.update(Endpoints.self, key, body)
            writes.wrote(written.metadata, for: key)
        } catch {
            if error.isNamespaceTerminating { return }
            if !error.isConflict {
                let verb = isNew ? "create" : "update"
                context.record(
                    KubeEvent(
                        .warning, reason: isNew ? "FailedToCreateEndpoint" : "FailedToUpdateEndpoint", action: "Update",
                        note: "Failed to \(verb) endpoint for service \(key): \(error)",
                        regarding: KubeEvent.Reference(service)))
            }
            throw error
        }
    }

    private func delete(_ key: ObjectKey) async throws(APIError) {
        do {
            try await context.client.delete(Endpoints.self, key)
        } catch {
            guard error.isNotFound else { throw error }
        }
    }
}
