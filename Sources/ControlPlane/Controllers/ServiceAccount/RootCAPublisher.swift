import JSONStream
import KubeAPI
import KubeClient

/// Keeps a ConfigMap `kube-root-ca.crt` in each namespace, by which pods verify the API server.
public struct RootCAPublisher: ManagedController {
    static let mapName = "kube-root-ca.crt"
    static let fileName = "ca.crt"
    static let descriptionAnnotation = "kubernetes.io/description"
    static let description =
        "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the "
        + "internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of "
        + "Kubernetes clusters."

    public let name = "root-ca-certificate-publisher-controller"
    private let controller: Controller<String>

    /// - Parameter bundle: certificates, PEM.
    public init(_ context: ControllerContext, bundle: String) {
        let namespaces: Informer<Namespace> = context.informers.informer()
        let maps = Informer(
            ConfigMap.self, client: context.client,
            selector: ObjectSelector(fields: "metadata.name=\(Self.mapName)"), clock: context.clock,
            logger: context.logger)
        context.informers.add(maps)
        controller = context.controller(name, queue: "root_ca_cert_publisher") { namespace in
            guard namespaces.cache[ObjectKey(namespace: "", name: namespace)]?.isActive ?? false else { return .done }
            let key = ObjectKey(namespace: namespace, name: Self.mapName)
            let present = maps.cache[key]
            guard let wanted = Self.wanted(bundle, over: present, in: namespace) else { return .done }
            if present == nil {
                try await context.client.createIfPossible(ConfigMap.self, namespace, wanted.json)
            } else {
                _ = try await context.client.update(ConfigMap.self, key, wanted.json.serialized())
            }
            return .done
        }
        namespaces.onChange { [queue = controller.queue] change in
            if let namespace = change.new { queue.add(namespace.metadata.name) }
        }
        maps.onChange { [queue = controller.queue] change in
            if let map = change.latest { queue.add(map.metadata.namespace) }
        }
    }

    public func run() async { await controller.run() }

    /// The map to write; nil: it is right as it is.
    static func wanted(_ bundle: String, over present: ConfigMap?, in namespace: String) -> ConfigMap? {
        var map = present ?? ConfigMap(metadata: ObjectMeta(name: mapName, namespace: namespace))
        map.data = [fileName: bundle]
        map.metadata.annotations[descriptionAnnotation] = description
        return map == present ? nil : map
    }
}
