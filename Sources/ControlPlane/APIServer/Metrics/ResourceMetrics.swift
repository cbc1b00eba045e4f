import APIObjects
import JSONStream
import KubeAPI

/// What nodes and pods use (metrics.k8s.io/v1beta1), made of what node agents tell (`/stats/summary`). Pure.
struct ResourceMetrics: Sendable {
    static let group = "metrics.k8s.io"
    static let version = "v1beta1"
    static let apiVersion = "\(group)/\(version)"

    /// A path below `/apis/metrics.k8s.io`.
    enum Path: Hashable, Sendable {
        case group
        case resources
        /// Nil: all.
        case nodes(String?)
        /// An empty namespace: all.
        case pods(namespace: String, name: String?)

        /// Nil for other paths.
        init?(_ path: [String]) {
            guard path.starts(with: ["apis", ResourceMetrics.group]) else { return nil }
            let rest = Array(path.dropFirst(2))
            guard let version = rest.first else {
                self = .group
                return
            }
            guard version == ResourceMetrics.version else { return nil }
            switch Array(rest.dropFirst()) {
            case []: self = .resources
            case ["nodes"]: self = .nodes(nil)
            case ["pods"]: self = .pods(namespace: "", name: nil)
            case let parts where parts.count == 2 && parts[0] == "nodes": self = .nodes(parts[1])
            case let parts where parts.count >= 3 && parts[0] == "namespaces" && parts[2] == "pods" && parts.count <= 4:
                self = .pods(namespace: parts[1], name: parts.count == 4 ? parts[3] : nil)
            default: return nil
            }
        }
    }

    static let resources: JSONValue = [
        "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": .string(apiVersion),
        "resources": [
            [
                "name": "nodes", "singularName": "", "namespaced": false, "kind": "NodeMetrics",
                "verbs": ["get", "list"],
            ],
            ["name": "pods", "singularName": "", "namespaced": true, "kind": "PodMetrics", "verbs": ["get", "list"]],
        ],
    ]

    static let groupEntry: JSONValue = [
        "name": .string(group), "versions": [["groupVersion": .string(apiVersion), "version": .string(version)]],
        "preferredVersion": ["groupVersion": .string(apiVersion), "version": .string(version)],
    ]

    static let aggregated: JSONValue = [
        "metadata": ["name": .string(group)],
        "versions": [
            [
                "version": .string(version), "freshness": "Current",
                "resources": .array(
                    [("nodes", "NodeMetrics", "Cluster"), ("pods", "PodMetrics", "Namespaced")].map {
                        name, kind, scope in
                        [
                            "resource": .string(name), "scope": .string(scope), "singularResource": "",
                            "responseKind": [
                                "group": .string(group), "version": .string(version), "kind": .string(kind),
                            ],
                            "verbs": ["get", "list"],
                        ]
                    }),
            ]
        ],
    ]

    /// Of a node; nil if the summary lacks a figure.
    static func node(_ name: String, labels: JSONValue, _ summary: JSONValue) -> JSONValue? {
        guard let usage = usage(summary["node"]) else { return nil }
        return object("NodeMetrics", ["name": .string(name)], labels, summary["node"], ["usage": usage])
    }

    /// Of a pod as a summary has it; nil while a figure of a container is missing.
    static func pod(_ pod: JSONValue, labels: JSONValue) -> JSONValue? {
        let reference = pod["podRef"] ?? [:]
        var containers: [JSONValue] = []
        for container in pod.items("containers") {
            guard let usage = usage(container) else { return nil }
            containers.append(["name": container["name"] ?? "", "usage": usage])
        }
        guard !containers.isEmpty else { return nil }
        return object(
            "PodMetrics", ["name": reference["name"] ?? "", "namespace": reference["namespace"] ?? ""], labels, pod,
            ["containers": .array(containers)])
    }

    private static func object(
        _ kind: String, _ identity: JSONValue, _ labels: JSONValue, _ source: JSONValue?, _ rest: JSONValue
    ) -> JSONValue {
        let time = source?["cpu"]?.text("time") ?? ""
        var metadata = identity
        metadata["creationTimestamp"] = .string(time)
        if labels.objectValue?.isEmpty == false { metadata["labels"] = labels }
        var object: JSONValue = [
            "kind": .string(kind), "apiVersion": .string(apiVersion), "metadata": metadata,
            "timestamp": .string(time), "window": "10s",
        ]
        for (name, value) in rest.objectValue ?? [:] { object[name] = value }
        return object
    }

    private static func usage(_ source: JSONValue?) -> JSONValue? {
        guard let cpu = source?["cpu"]?["usageNanoCores"]?.integerValue,
            let memory = source?["memory"]?["workingSetBytes"]?.integerValue
        else { return nil }
        return ["cpu": .string("\(max(0, cpu))n"), "memory": .string("\(max(0, memory) / 1024)Ki")]
    }

    static func list(_ kind: String, _ items: [JSONValue]) -> JSONValue {
        ["kind": .string(kind + "List"), "apiVersion": .string(apiVersion), "metadata": [:], "items": .array(items)]
    }
}
