import JSONStream
import KubeAPI
import KubeClient
import Synchronization

/// ConfigMaps and Secrets that pods refer to, read when they are needed and kept for a while.
final class ObjectSource: Sendable {
    private struct Key: Hashable {
        var namespace: String
        var reference: ObjectReferences.Reference
    }

    private struct Entry {
        /// Nil: there was none.
        var data: KeyedData?
        var readAt: Duration
    }

    private let client: KubeClient
    private let clock: RetryClock
    private let state = Mutex<[Key: Entry]>([:])

    init(client: KubeClient, clock: RetryClock) {
        self.client = client
        self.clock = clock
    }

    /// - Parameter age: how old an answer may be.
    func read(
        _ references: Set<ObjectReferences.Reference>, namespace: String, age: Duration
    ) async throws(APIError) -> ReferencedObjects {
        var result = ReferencedObjects()
        for reference in references {
            let key = Key(namespace: namespace, reference: reference)
            let known = state.withLock { $0[key] }
            if let known, known.data?.isImmutable == true || (known.data != nil && clock.now() - known.readAt < age) {
                result.found[reference] = known.data
                continue
            }
            let data = try await get(reference, namespace)
            let entry = Entry(data: data, readAt: clock.now())
            state.withLock { $0[key] = entry }
            result.found[reference] = data
        }
        return result
    }

    private func get(_ reference: ObjectReferences.Reference, _ namespace: String) async throws(APIError) -> KeyedData?
    {
        let path = "/api/v1/namespaces/\(namespace)/\(reference.kind.rawValue)/\(reference.name)"
        do throws(APIError) {
            let body = try await client.send(APIRequest(.get, path))
            guard let json = try? JSONValue(parsing: body) else {
                throw APIError(.invalidResponse("the answer is no object"), request: "GET \(path)")
            }
            return reference.kind == .configMap ? KeyedData(configMap: json) : KeyedData(secret: json)
        } catch {
            if error.isNotFound { return nil }
            throw error
        }
    }

    /// Forgets what no pod of these needs.
    func keep(_ needed: Set<String>) {
        state.withLock { state in state = state.filter { needed.contains($0.key.namespace) } }
    }
}
