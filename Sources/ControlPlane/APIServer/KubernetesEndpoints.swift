import JSONStream
import Logging
import NetworkAddress

/// Keeps the endpoints of the Service `kubernetes`: where this server is reached from elsewhere, as long as it lives.
/// (A store is one server's; with several over one store each would have to keep its own address here.)
struct KubernetesEndpoints: Sendable {
    static let name = "kubernetes"
    private static let namespace = "default"
    /// How often it is looked whether somebody has changed them.
    private static let period = Duration.seconds(10)

    let handler: APIHandler
    let address: IPAddress
    let port: Int

    /// Keeps them until cancelled.
    func run() async throws {
        while true {
            await write(isServing: true)
            try await Task.sleep(for: Self.period)
        }
    }

    /// - Parameter isServing: whether the address is there; a server that ends takes it away.
    func write(isServing: Bool) async {
        let contents = [
            (ResourceDefinition.endpoints, endpoints(isServing)), (ResourceDefinition.endpointSlices, slice(isServing)),
        ]
        for (definition, content) in contents {
            do {
                try await write(definition, content)
            } catch {
                guard !Task.isCancelled else { return }
                handler.logger.warning(
                    "the endpoints of the Service kubernetes are not written; it is tried again",
                    metadata: ["kind": "\(definition.kind)", "error": "\(error)"])
            }
        }
    }

    private func write(_ definition: ResourceDefinition, _ content: JSONValue) async throws {
        let target = RequestTarget.Resource(
            definition: definition, namespace: Self.namespace, name: Self.name, subresource: "")
        let writer = ObjectWriter(handler: handler, target: target, isDryRun: false)
        _ = try await writer.update(createsMissing: true) { current in
            var object = content
            if let current {
                var metadata = current["metadata"] ?? [:]
                var labels = metadata["labels"] ?? [:]
                for (name, value) in content["metadata"]?["labels"]?.objectValue ?? [:] { labels[name] = value }
                metadata["labels"] = labels
                object["metadata"] = metadata
            }
            return try BodyDecoder(definition: definition, validation: .strict).structured(object)
        }
    }

    private func endpoints(_ isServing: Bool) -> JSONValue {
        var object: JSONValue = [
            "apiVersion": "v1", "kind": "Endpoints",
            "metadata": metadata(["endpointslice.kubernetes.io/skip-mirror": "true"]),
        ]
        if isServing {
            object["subsets"] = [
                ["addresses": [["ip": .string(address.description)]], "ports": [ports]]
            ]
        }
        return object
    }

    private func slice(_ isServing: Bool) -> JSONValue {
        let endpoint: JSONValue = ["addresses": [.string(address.description)], "conditions": ["ready": true]]
        return [
            "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
            "metadata": metadata(["kubernetes.io/service-name": .string(Self.name)]),
            "addressType": address.family == .ipv4 ? "IPv4" : "IPv6",
            "endpoints": .array(isServing ? [endpoint] : []), "ports": [ports],
        ]
    }

    private func metadata(_ labels: JSONValue) -> JSONValue {
        ["name": .string(Self.name), "namespace": .string(Self.namespace), "labels": labels]
    }

    private var ports: JSONValue { ["name": "https", "port": .integer(Int64(port)), "protocol": "TCP"] }
}
