import JSONStream
import KubeAPI
import KubeClient

/// Deletes all that is in a namespace.
struct NamespaceEmptier: Sendable {
    let client: KubeClient

    private static let options: JSONValue = [
        "kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Background",
    ]

    /// Goes through all kinds of objects once. Pods go first, and the rest when no pod is left: what pods use must not
    /// vanish under them.
    func empty(_ namespace: String) async -> NamespaceContent {
        var content = NamespaceContent()
        guard let kinds = await discover(&content) else { return content }
        let isPod = { (kind: APIResource) in kind.group.isEmpty && kind.plural == "pods" }
        for kind in kinds where isPod(kind) { await empty(kind, namespace, &content) }
        guard content.isEmpty else { return content }
        for kind in kinds where !isPod(kind) { await empty(kind, namespace, &content) }
        return content
    }

    private func discover(_ content: inout NamespaceContent) async -> [APIResource]? {
        do {
            return try await client.resources().filter {
                $0.isNamespaced && $0.isPreferred && $0.verbs.isSuperset(of: ["delete", "list"])
            }
        } catch {
            content.discoveryProblem = "\(error)"
            return nil
        }
    }

    private func empty(_ kind: APIResource, _ namespace: String, _ content: inout NamespaceContent) async {
        do {
            content.add(try await remainder(kind, namespace), of: "\(kind.plural).\(kind.group)")
        } catch {
            // A kind that is not served any more has no objects.
            if !error.isNotFound { content.deletionProblems.append("\(error)") }
        }
    }

    /// Deletes the objects of a kind and returns what is left.
    private func remainder(_ kind: APIResource, _ namespace: String) async throws(APIError) -> [ObjectMeta] {
        let present = try await list(kind, namespace)
        guard !present.isEmpty else { return [] }
        let collection = Self.collection(kind, namespace)
        if kind.verbs.contains("deletecollection") {
            _ = try await client.send(APIRequest(.delete, collection, body: Self.options.serialized()))
        } else {
            for object in present { try await delete("\(collection)/\(object.name)") }
        }
        return try await list(kind, namespace)
    }

    private func delete(_ path: String) async throws(APIError) {
        do {
            _ = try await client.send(APIRequest(.delete, path, body: Self.options.serialized()))
        } catch {
            guard error.isNotFound else { throw error }
        }
    }

    private func list(_ kind: APIResource, _ namespace: String) async throws(APIError) -> [ObjectMeta] {
        var request = APIRequest(.get, Self.collection(kind, namespace))
        request.accept = APIRequest.metadataListAccept
        let body = try await client.send(request)
        do {
            return try Self.metadata(ofList: body)
        } catch {
            throw APIError(.invalidResponse("\(error)"), request: "GET \(request.path)")
        }
    }

    private static func collection(_ kind: APIResource, _ namespace: String) -> String {
        let path = kind.collectionPath.dropLast(kind.plural.utf8.count)
        return "\(path)namespaces/\(namespace)/\(kind.plural)"
    }

    private static func metadata(ofList body: [UInt8]) throws -> [ObjectMeta] {
        var found: [ObjectMeta] = []
        try JSONReader.read(body) { reader in
            try reader.object { key, reader in
                guard "items" ~= key else { return try reader.skip() }
                try reader.arrayIfPresent { reader in
                    try reader.object { key, reader in
                        guard "metadata" ~= key else { return try reader.skip() }
                        found.append(try ObjectMeta(reading: &reader))
                    }
                }
            }
        }
        return found
    }
}
