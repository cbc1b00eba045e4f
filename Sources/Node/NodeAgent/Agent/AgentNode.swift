import HostNode
import JSONStream
import KubeAPI
import KubeClient

/// The Node object of this host, as kubelet writes it. Pure.
struct AgentNode: ReportedNode {
    /// Why the node is not ready; nil: it is.
    var problem: String?
    /// What is short: `MemoryPressure`, `DiskPressure`, `PIDPressure`.
    var pressures: Set<String> = []
    let facts: NodeFacts
    let configuration: NodeAgentConfiguration
    /// Images on the host, the largest first.
    var images: [(names: [String], size: UInt64)] = []

    /// What this agent is compatible with.
    private static let version = "v1.36.2"

    init(_ facts: NodeFacts, _ configuration: NodeAgentConfiguration) {
        self.facts = facts
        self.configuration = configuration
    }

    var name: String { configuration.nodeName }

    var object: JSONValue {
        var labels = configuration.labels
        for (name, value) in [
            ("kubernetes.io/hostname", name), ("kubernetes.io/os", "linux"),
            ("kubernetes.io/arch", HostFacts.architecture), ("beta.kubernetes.io/os", "linux"),
            ("beta.kubernetes.io/arch", HostFacts.architecture),
        ] { labels[name] = value }
        return [
            "apiVersion": "v1", "kind": "Node",
            "metadata": ["name": .string(name), "labels": JSONValue(labels)],
        ]
    }

    func status(_ old: Node?, time: Timestamp) -> JSONValue {
        let host = facts.host
        let internalIPs: [JSONValue] = configuration.nodeAddresses.map {
            ["type": "InternalIP", "address": .string($0)]
        }
        return [
            "capacity": JSONValue(facts.capacity), "allocatable": JSONValue(facts.allocatable),
            // A strategic merge would make one of two addresses of a type.
            "addresses": .array(
                internalIPs + [["type": "Hostname", "address": .string(name)], ["$patch": "replace"]]),
            "conditions": .array(
                conditions.map { condition in
                    condition.reported(over: old?.conditions.first { $0.type == condition.type }, at: time).json
                }),
            "daemonEndpoints": ["kubeletEndpoint": ["Port": .integer(Int64(configuration.port))]],
            "images": .array(
                images.prefix(50).map { image in
                    [
                        "names": .array(image.names.map { .string($0) }),
                        "sizeBytes": .integer(Int64(clamping: image.size)),
                    ]
                }),
            "nodeInfo": [
                "machineID": .string(host.machineID), "systemUUID": .string(host.systemUUID),
                "bootID": .string(host.bootID), "kernelVersion": .string(host.kernelVersion),
                "osImage": .string(host.osImage), "containerRuntimeVersion": .string(facts.runtimeVersion),
                "kubeletVersion": .string(Self.version), "kubeProxyVersion": .string(Self.version),
                "operatingSystem": "linux", "architecture": .string(HostFacts.architecture),
            ],
        ]
    }

    var conditions: [Condition] {
        [
            pressure("MemoryPressure", "InsufficientMemory", "SufficientMemory", "memory available"),
            pressure("DiskPressure", "DiskPressure", "NoDiskPressure", "disk pressure"),
            pressure("PIDPressure", "InsufficientPID", "SufficientPID", "PID available"),
            problem.map { Condition("Ready", "False", reason: "KubeletNotReady", message: $0) }
                ?? Condition("Ready", "True", reason: "KubeletReady", message: "kubelet is posting ready status"),
        ]
    }

    private func pressure(_ type: String, _ bad: String, _ good: String, _ what: String) -> Condition {
        let isShort = pressures.contains(type)
        let amount = isShort ? "insufficient" : "sufficient"
        let has = type == "DiskPressure" ? (isShort ? "has" : "has no") : "has \(amount)"
        return Condition(
            type, isShort ? "True" : "False", reason: "KubeletHas\(isShort ? bad : good)",
            message: "kubelet \(has) \(what)")
    }
}
