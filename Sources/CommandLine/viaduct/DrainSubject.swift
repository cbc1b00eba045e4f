import JSONStream
import KubeAPI
import KubeClient
import ProxyServer

/// How far a drain is.
struct DrainProgress {
    var isDrained: Bool
    var connections: Int?
    var text: String
}

/// Something to drain, wherever the wish is kept.
protocol DrainSubject: Sendable {
    var name: String { get }
    func set(_ isDrained: Bool) async throws
    func progress() async throws -> DrainProgress
    func close() async
}

/// By this host's proxy.
struct AddressDrain: DrainSubject {
    private let socket: ProxySocket
    private let address: String

    init(_ socket: ProxySocket, _ address: String) {
        self.socket = socket
        self.address = address
    }

    var name: String { address }

    func set(_ isDrained: Bool) async throws { _ = try await socket.drain(address, undo: !isDrained) }

    func progress() async throws -> DrainProgress {
        guard let status = try await socket.drains().status(of: address) else {
            return DrainProgress(isDrained: false, text: "the proxy does not drain it any more")
        }
        guard let left = status.connections else {
            return DrainProgress(isDrained: false, text: "connections are not counted yet")
        }
        return DrainProgress(
            isDrained: status.isDrained, connections: left, text: "\(left) connections are left through this host")
    }

    func close() async {}
}

/// By the proxies of all nodes.
struct ObjectDrain<Object: DrainableObject>: DrainSubject {
    private let client: KubeClient
    private let key: ObjectKey

    init(_ client: KubeClient, _ key: ObjectKey) {
        self.client = client
        self.key = key
    }

    var name: String { "\(Object.kind.lowercased()) \(key.namespace.isEmpty ? key.name : key.description)" }

    func set(_ isDrained: Bool) async throws {
        let patch: JSONValue = ["metadata": ["labels": [DrainStatus.label: isDrained ? .string("true") : .null]]]
        _ = try await client.patch(Object.self, key, .merge, patch.serialized())
    }

    func progress() async throws -> DrainProgress {
        let object: Object
        do throws(APIError) {
            object = try await client.get(Object.self, key)
        } catch {
            guard error.isNotFound else { throw error }
            return DrainProgress(isDrained: true, text: "it is gone")
        }
        guard let condition = object.allConditions.first(where: { $0.type == DrainStatus.condition }) else {
            return DrainProgress(
                isDrained: false, text: "the proxy of its node has not told how many connections are left")
        }
        return DrainProgress(
            isDrained: condition.isTrue, connections: condition.isTrue ? 0 : nil, text: condition.message)
    }

    func close() async { await client.shutdown() }
}

protocol DrainableObject: APIObject {
    var allConditions: [Condition] { get }
}

extension Node: DrainableObject {
    var allConditions: [Condition] { conditions }
}

extension Pod: DrainableObject {
    var allConditions: [Condition] { status.conditions }
}
