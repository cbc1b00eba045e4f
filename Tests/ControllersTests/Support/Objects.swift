import JSONStream
import KubeAPI

@testable import Controllers

/// Objects for tests, in the namespace `default`.
enum Objects {
    static let start = Timestamp(microseconds: 1_700_000_000_000_000)

    static func template(_ image: String, labels: [String: String] = ["app": "web"]) -> JSONValue {
        [
            "metadata": ["labels": JSONValue(labels)],
            "spec": ["containers": [["name": "main", "image": .string(image)]]],
        ]
    }

    static func deployment(
        _ name: String = "web", replicas: Int32, image: String = "a", surge: IntOrPercent = .percent(25),
        unavailable: IntOrPercent = .percent(25), deadline: Int32? = 600
    ) -> Deployment {
        var deployment = Deployment(metadata: ObjectMeta(name: name, namespace: "default"))
        deployment.metadata.uid = "uid-\(name)"
        deployment.metadata.generation = 1
        deployment.replicas = replicas
        deployment.selector = LabelSelector(matchLabels: ["app": "web"])
        deployment.template = template(image)
        deployment.strategy = .rollingUpdate(maxSurge: surge, maxUnavailable: unavailable)
        deployment.progressDeadlineSeconds = deadline
        deployment.revisionHistoryLimit = 10
        return deployment
    }

    static func replicaSet(_ name: String = "web", replicas: Int32, image: String = "a") -> ReplicaSet {
        var set = ReplicaSet(metadata: ObjectMeta(name: name, namespace: "default"))
        set.metadata.uid = "uid-\(name)"
        set.metadata.generation = 1
        set.replicas = replicas
        set.selector = LabelSelector(matchLabels: ["app": "web"])
        set.template = template(image)
        return set
    }

    /// A pod of the set.
    static func pod(_ name: String, of set: ReplicaSet? = nil, at time: Timestamp = start) -> Pod {
        var pod = Pod(metadata: ObjectMeta(name: name, namespace: "default"))
        pod.metadata.uid = "uid-\(name)"
        pod.metadata.creationTimestamp = time.text()
        pod.metadata.labels = set.map { PodTemplate($0.template).labels } ?? ["app": "web"]
        pod.metadata.ownerReferences = set.map { [OwnerReference(controller: $0)] } ?? []
        pod.status.phase = "Pending"
        return pod
    }
}

extension Pod {
    /// Running on a node and ready, or not.
    mutating func run(ready: Bool, since time: Timestamp, on node: String = "node") {
        spec.nodeName = node
        status.phase = "Running"
        var condition = Condition("Ready", ready ? "True" : "False")
        condition.lastTransitionTime = time.text()
        status.conditions = [condition]
    }
}
