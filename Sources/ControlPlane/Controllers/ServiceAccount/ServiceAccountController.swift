import JSONStream
import KubeAPI
import KubeClient

/// Keeps a ServiceAccount `default` in each namespace, for pods that name none.
public struct ServiceAccountController: ManagedController {
    static let accountName = "default"

    public let name = "serviceaccount-controller"
    private let controller: Controller<String>

    public init(_ context: ControllerContext) {
        let namespaces: Informer<Namespace> = context.informers.informer()
        let accounts = Informer(
            ServiceAccount.self, client: context.client,
            selector: ObjectSelector(fields: "metadata.name=\(Self.accountName)"), clock: context.clock,
            logger: context.logger)
        context.informers.add(accounts)
        controller = context.controller(name, queue: "serviceaccount") { namespace in
            guard namespaces.cache[ObjectKey(namespace: "", name: namespace)]?.isActive ?? false,
                accounts.cache[ObjectKey(namespace: namespace, name: Self.accountName)] == nil
            else { return .done }
            try await Self.create(in: namespace, context.client)
            return .done
        }
        namespaces.onChange { [queue = controller.queue] change in
            if let namespace = change.new { queue.add(namespace.metadata.name) }
        }
        accounts.onChange { [queue = controller.queue] change in
            if change.new == nil, let account = change.old { queue.add(account.metadata.namespace) }
        }
    }

    public func run() async { await controller.run() }

    private static func create(in namespace: String, _ client: KubeClient) async throws(APIError) {
        let metadata = ObjectMeta(name: accountName, namespace: namespace)
        let body: JSONValue = [
            "apiVersion": .string(ServiceAccount.apiVersion), "kind": .string(ServiceAccount.kind),
            "metadata": metadata.json,
        ]
        try await client.createIfPossible(ServiceAccount.self, namespace, body)
    }
}

extension KubeClient {
    /// Creates an object that may have come or whose namespace may have gone in the meantime.
    func createIfPossible<Object: APIObject>(
        _ type: Object.Type, _ namespace: String, _ body: JSONValue
    ) async throws(APIError) {
        do {
            _ = try await create(type, namespace: namespace, body.serialized())
        } catch {
            guard error.isAlreadyExists || error.isNotFound || error.isNamespaceTerminating else { throw error }
        }
    }
}
