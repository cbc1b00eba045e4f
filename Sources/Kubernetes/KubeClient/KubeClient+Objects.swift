import JSONStream
public import KubeAPI

/// The objects of one page of a list.
public struct ObjectPage<Object: APIObject>: Sendable {
    public var items: [Object]
    public var resourceVersion: String
    /// Where the next page starts; empty on the last one.
    public var continueToken: String
}

extension KubeClient {
    /// - Throws: ``APIError``; `.invalidResponse` if the object does not decode.
    public func get<Object: APIObject>(_ type: Object.Type, _ key: ObjectKey) async throws(APIError) -> Object {
        try await object(APIRequest(.get, Self.path(type, key)))
    }

    /// Lists one page; an object that does not decode fails the call. For large collections use ``Reflector``.
    public func list<Object: APIObject>(
        _ type: Object.Type, _ selector: ObjectSelector = .all, limit: Int? = nil, continueToken: String = ""
    ) async throws(APIError) -> ObjectPage<Object> {
        var request = APIRequest(.get, selector.path(type), query: selector.query)
        if let limit { request.query.append(.init("limit", String(limit))) }
        if !continueToken.isEmpty { request.query.append(.init("continue", continueToken)) }
        let body = try await send(request)
        do {
            var items: [Object] = []
            var splitter = JSONListSplitter()
            try body.withUnsafeBytes { bytes in
                try splitter.consume(bytes) { item in
                    items.append(try JSONReader.read(item) { try Object(reading: &$0) })
                }
            }
            let metadata = try ListMetadata(envelope: splitter.finish())
            return ObjectPage(
                items: items, resourceVersion: metadata.resourceVersion, continueToken: metadata.continueToken)
        } catch {
            throw APIError(.invalidResponse("\(error)"), request: describe(request))
        }
    }

    /// Creates an object of `type` from JSON and returns it as the server stored it.
    public func create<Object: APIObject>(
        _ type: Object.Type, namespace: String = "", _ body: [UInt8]
    ) async throws(APIError) -> Object {
        try await object(APIRequest(.post, Self.path(type, namespace: namespace), body: body))
    }

    public func update<Object: APIObject>(
        _ type: Object.Type, _ key: ObjectKey, _ body: [UInt8]
    ) async throws(APIError) -> Object {
        try await object(APIRequest(.put, Self.path(type, key), body: body))
    }

    /// - Parameter subresource: such as `status`.
    public func patch<Object: APIObject>(
        _ type: Object.Type, _ key: ObjectKey, subresource: String? = nil, _ patch: APIRequest.PatchType,
        _ body: [UInt8]
    ) async throws(APIError) -> Object {
        let path = Self.path(type, key) + (subresource.map { "/" + $0 } ?? "")
        return try await object(.patch(path, patch, body))
    }

    /// Posts to a subresource of an object, such as a pod's `binding` or `eviction`.
    public func create<Object: APIObject>(
        _ type: Object.Type, _ key: ObjectKey, subresource: String, _ body: [UInt8]
    ) async throws(APIError) {
        _ = try await send(APIRequest(.post, Self.path(type, key) + "/" + subresource, body: body))
    }

    public func delete<Object: APIObject>(
        _ type: Object.Type, _ key: ObjectKey, _ options: DeleteOptions = DeleteOptions()
    ) async throws(APIError) {
        _ = try await send(APIRequest(.delete, Self.path(type, key), body: options.body))
    }

    /// The path of a collection: in one namespace, or in all of them.
    public static func path<Object: APIObject>(_ type: Object.Type, namespace: String = "") -> String {
        guard Object.isNamespaced, !namespace.isEmpty else { return Object.collectionPath }
        let group = Object.collectionPath.dropLast(Object.resource.utf8.count)
        return "\(group)namespaces/\(namespace)/\(Object.resource)"
    }

    public static func path<Object: APIObject>(_ type: Object.Type, _ key: ObjectKey) -> String {
        path(type, namespace: key.namespace) + "/" + key.name
    }

    private func object<Object: APIObject>(_ request: APIRequest) async throws(APIError) -> Object {
        var request = request
        request.maximumAnswer = Self.maximumObjectSize
        let body = try await send(request)
        do {
            return try JSONReader.read(body) { try Object(reading: &$0) }
        } catch {
            throw APIError(.invalidResponse("\(error)"), request: describe(request))
        }
    }
}
