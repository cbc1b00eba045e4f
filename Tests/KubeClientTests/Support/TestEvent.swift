import KubeAPI
import KubeClient

func testEvent(_ reason: String = "R", _ note: String = "n", name: String = "web") -> KubeEvent {
    KubeEvent(
        .warning, reason: reason, action: "Sync", note: note,
        regarding: .init(apiVersion: "v1", kind: "Service", key: ObjectKey(namespace: "ns", name: name), uid: "u"))
}
