import JSONStream
import KubeAPI
import KubeClient
import ServiceModel

/// What a Pod or a Node is told of its drain: a condition, and Events.
struct DrainReport: Sendable {
    let reason: DrainReason
    let uid: String
    /// Nil: it is not drained any more.
    let status: DrainStatus?

    init(_ reason: DrainReason, uid: String, status: DrainStatus?) {
        self.reason = reason
        self.uid = uid
        self.status = status
    }

    private var text: String {
        guard let status, let left = status.connections else { return "connections are not counted yet" }
        if left == 0 {
            return status.isDrained
                ? "no new connections, and none is left" : "no new connections; none is left, which has to stay so"
        }
        return "no new connections; \(left) \(left == 1 ? "is" : "are") left"
    }

    /// The path of the object's status.
    var path: String? {
        switch reason {
        case .pod(let key): KubeClient.path(Pod.self, key) + "/status"
        case .node(let name): KubeClient.path(Node.self, ObjectKey(namespace: "", name: name)) + "/status"
        case .address: nil
        }
    }

    /// A strategic merge.
    func body(at now: Timestamp) -> JSONValue {
        var condition: JSONValue = ["type": .string(DrainStatus.condition)]
        if let status {
            condition["status"] = .string(status.isDrained ? "True" : "False")
            condition["reason"] = .string(status.isDrained ? "NoConnections" : "ConnectionsLeft")
            condition["message"] = .string(text)
            condition["lastTransitionTime"] = .string(now.text())
        } else {
            condition["$patch"] = .string("delete")
        }
        return [
            "metadata": ["uid": .string(uid)], "status": ["conditions": .array([condition])],
        ]
    }

    var event: KubeEvent {
        let isDrained = status?.isDrained == true
        let (kind, key): (String, ObjectKey) =
            switch reason {
            case .pod(let key): (Pod.kind, key)
            case .node(let name): (Node.kind, ObjectKey(namespace: "", name: name))
            case .address(let address): (Node.kind, ObjectKey(namespace: "", name: DrainAddress.text(address)))
            }
        return KubeEvent(
            .normal, reason: isDrained ? "Drained" : "Draining", action: "Drain", note: text,
            regarding: .init(apiVersion: "v1", kind: kind, key: key, uid: uid))
    }
}
