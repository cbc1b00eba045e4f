import KubeAPI
import KubeClient
import Synchronization

/// The kinds of the API server, as it told last.
final class KindCatalog: Sendable {
    private struct Name: Hashable {
        var apiVersion: String
        var kind: String
    }

    private struct State {
        var all: [APIResource] = []
        var byName: [Name: APIResource] = [:]
    }

    private let client: KubeClient
    private let state = Mutex(State())

    init(client: KubeClient) { self.client = client }

    var all: [APIResource] { state.withLock { $0.all } }

    func refresh() async throws(APIError) {
        let resources = try await client.resources()
        state.withLock { state in
            state.all = resources
            state.byName = [:]
            for resource in resources {
                let name = Name(apiVersion: resource.apiVersion, kind: resource.kind)
                if state.byName[name] == nil { state.byName[name] = resource }
            }
        }
    }

    /// Nil if the server has no such kind.
    func resource(apiVersion: String, kind: String) -> APIResource? {
        state.withLock { $0.byName[Name(apiVersion: apiVersion, kind: kind)] }
    }

    /// The same, asking the server where it is not known yet.
    func resourceAskingIfUnknown(apiVersion: String, kind: String) async throws(APIError) -> APIResource? {
        if let known = resource(apiVersion: apiVersion, kind: kind) { return known }
        try await refresh()
        return resource(apiVersion: apiVersion, kind: kind)
    }
}
