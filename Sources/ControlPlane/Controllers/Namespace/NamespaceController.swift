import JSONStream
import KubeAPI
import KubeClient
import Logging

/// Empties namespaces that are being deleted, and lets them go when they are empty.
public struct NamespaceController: ManagedController {
    public struct Settings: Sendable {
        /// How long after its deletion a namespace is emptied: servers that learn of it late must not let new objects in.
        public var deletionDelay = Duration.seconds(5)
        /// Namespaces that are worked on at the same time.
        public var workers = 10

        public init() {}
    }

    static let finalizer = "kubernetes"
    /// Several pods may go at once.
    private static let podDelay = Duration.milliseconds(100)

    public let name = "namespace-controller"
    private let controller: Controller<String>

    public init(_ context: ControllerContext, settings: Settings = Settings()) {
        let reconciler = NamespaceReconciler(context)
        controller = context.controller(name, queue: "namespace", workers: settings.workers) {
            try await reconciler.reconcile($0)
        }
        let namespaces: Informer<Namespace> = context.informers.informer()
        let pods: Informer<Pod> = context.informers.informer()
        namespaces.onChange { [queue = controller.queue] change in
            guard let namespace = change.new, namespace.metadata.isBeingDeleted else { return }
            queue.add(namespace.metadata.name, after: settings.deletionDelay)
        }
        // All the rest waits for the pods.
        pods.onChange { [queue = controller.queue] change in
            guard change.new == nil, let name = change.old?.metadata.namespace,
                namespaces.cache[ObjectKey(namespace: "", name: name)]?.metadata.isBeingDeleted ?? false
            else { return }
            queue.add(name, after: Self.podDelay)
        }
    }

    public func run() async { await controller.run() }
}

struct NamespaceReconciler: Sendable {
    /// Content that could not be deleted; the namespace's status says more.
    struct Unfinished: Error, CustomStringConvertible {
        var problems: [String]

        var description: String { problems.joined(separator: "; ") }
    }

    private let context: ControllerContext
    private let emptier: NamespaceEmptier

    init(_ context: ControllerContext) {
        self.context = context
        emptier = NamespaceEmptier(client: context.client)
    }

    func reconcile(_ name: String) async throws -> Controller<String>.Result {
        // Others may be finalizing it: the cache is not new enough.
        guard let namespace = try await present(name), namespace.metadata.isBeingDeleted,
            namespace.finalizers.contains(NamespaceController.finalizer)
        else { return .done }
        let content = await emptier.empty(name)
        guard let updated = try await setConditions(content, namespace) else { return .done }
        let problems = content.deletionProblems + (content.discoveryProblem.map { [$0] } ?? [])
        guard problems.isEmpty else { throw Unfinished(problems: problems) }
        guard content.isEmpty else { return .again(after: .seconds(content.estimate / 2 + 1)) }
        try await finalize(updated)
        context.logger.info("a namespace was emptied", metadata: ["namespace": "\(name)"])
        return .done
    }

    private func present(_ name: String) async throws(APIError) -> Namespace? {
        do {
            return try await context.client.get(Namespace.self, ObjectKey(namespace: "", name: name))
        } catch {
            guard error.isNotFound else { throw error }
            return nil
        }
    }

    /// Nil: the namespace is gone.
    private func setConditions(
        _ content: NamespaceContent, _ namespace: Namespace
    ) async throws(APIError) -> Namespace? {
        let conditions = content.conditions(over: namespace.conditions, at: context.time())
        guard conditions != namespace.conditions || namespace.phase != "Terminating" else { return namespace }
        let patch: JSONValue = [
            "metadata": ["uid": .string(namespace.metadata.uid)],
            "status": ["phase": "Terminating", "conditions": .array(conditions.map(\.json))],
        ]
        do {
            return try await context.client.patch(
                Namespace.self, namespace.metadata.key, subresource: "status", .merge, patch.serialized())
        } catch {
            guard error.isNotFound else { throw error }
            return nil
        }
    }

    private func finalize(_ namespace: Namespace) async throws(APIError) {
        let rest = namespace.finalizers.filter { $0 != NamespaceController.finalizer }
        let body: JSONValue = [
            "apiVersion": .string(Namespace.apiVersion), "kind": .string(Namespace.kind),
            "metadata": namespace.metadata.json,
            "spec": ["finalizers": .array(rest.map { .string($0) })],
        ]
        let path = KubeClient.path(Namespace.self, namespace.metadata.key) + "/finalize"
        do {
            _ = try await context.client.send(APIRequest(.put, path, body: body.serialized()))
        } catch {
            guard error.isNotFound else { throw error }
        }
    }
}
