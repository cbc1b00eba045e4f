import JSONStream
import KubeAPI
import KubeClient
import NetworkAddress

/// The Node object of a host without a kubelet. Pure.
struct HostNode: ReportedNode {
    /// Says that no kubelet is here: pods that do not tolerate it go elsewhere.
    static let taint = Taint(NodeRegistration.taintKey, "", .noSchedule)
    /// What this host is compatible with.
    private static let version = "v1.36.2"

    let name: String
    /// The addresses to report.
    let addresses: [IPAddress]
    let facts: HostFacts

    var object: JSONValue {
        [
            "apiVersion": "v1", "kind": "Node",
            "metadata": [
                "name": .string(name),
                "labels": [
                    "kubernetes.io/hostname": .string(name), "kubernetes.io/os": "linux",
                    "kubernetes.io/arch": .string(HostFacts.architecture),
                ],
            ],
            "spec": ["taints": [Self.taint.json]],
        ]
    }

    func status(_ old: Node?, time: Timestamp) -> JSONValue {
        let internalIPs: [JSONValue] = addresses.map { ["type": "InternalIP", "address": .string($0.description)] }
        let ready = Condition("Ready", "True", reason: "ViaductUp", message: "viaduct up runs on this host")
            .reported(over: old?.readyCondition, at: time)
        return [
            // A strategic merge would make one of two addresses of a type.
            "addresses": .array(
                internalIPs + [["type": "Hostname", "address": .string(name)], ["$patch": "replace"]]),
            "conditions": [ready.json], "capacity": amounts, "allocatable": amounts,
            "nodeInfo": [
                "machineID": .string(facts.machineID), "systemUUID": .string(facts.systemUUID),
                "bootID": .string(facts.bootID), "kernelVersion": .string(facts.kernelVersion),
                "osImage": .string(facts.osImage), "containerRuntimeVersion": "none://0",
                "kubeletVersion": .string(Self.version), "kubeProxyVersion": .string(Self.version),
                "operatingSystem": "linux", "architecture": .string(HostFacts.architecture),
            ],
        ]
    }

    private var amounts: JSONValue {
        // Nobody is here who could run a pod.
        var amounts: JSONValue = ["cpu": .string(String(facts.processors)), "pods": "0"]
        if let memory = facts.memory { amounts["memory"] = .string("\(memory)Ki") }
        return amounts
    }
}
