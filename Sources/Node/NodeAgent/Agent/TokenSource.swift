import JSONStream
import KubeAPI
import KubeClient
import Synchronization

/// Tokens of service accounts for pods, asked for anew when four fifths of their time or a day are over.
final class TokenSource: Sendable {
    private struct Key: Hashable {
        var uid: String
        var token: VolumeFiles.TokenKey
    }

    private struct Entry {
        var token: String
        var renewAt: Timestamp
    }

    private let client: KubeClient
    private let time: @Sendable () -> Timestamp
    private let state = Mutex<[Key: Entry]>([:])

    init(client: KubeClient, time: @escaping @Sendable () -> Timestamp) {
        self.client = client
        self.time = time
    }

    func token(_ wanted: VolumeFiles.TokenKey, _ pod: BoundPod) async throws(APIError) -> String {
        let key = Key(uid: pod.metadata.uid, token: wanted)
        let now = time()
        if let known = state.withLock({ $0[key] }), now < known.renewAt { return known.token }
        let account = pod.spec.serviceAccountName.isEmpty ? "default" : pod.spec.serviceAccountName
        let path = "/api/v1/namespaces/\(pod.metadata.namespace)/serviceaccounts/\(account)/token"
        let request: JSONValue = [
            "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
            "spec": [
                "audiences": wanted.audience.isEmpty ? [] : [.string(wanted.audience)],
                "expirationSeconds": .integer(wanted.expiration),
                "boundObjectRef": [
                    "apiVersion": "v1", "kind": "Pod", "name": .string(pod.metadata.name),
                    "uid": .string(pod.metadata.uid),
                ],
            ],
        ]
        let body = try await client.send(APIRequest(.post, path, body: request.serialized()))
        let status = (try? JSONValue(parsing: body))?["status"]
        guard let token = status?["token"]?.stringValue else {
            throw APIError(.invalidResponse("the answer has no token"), request: "POST \(path)")
        }
        let end = status.flatMap { Timestamp($0.text("expirationTimestamp")) } ?? now + .seconds(wanted.expiration)
        let entry = Entry(token: token, renewAt: now + min(.seconds(86_400), (end - now) * 4 / 5))
        state.withLock { $0[key] = entry }
        return token
    }

    func forget(_ uid: String) { state.withLock { state in state = state.filter { $0.key.uid != uid } } }
}
