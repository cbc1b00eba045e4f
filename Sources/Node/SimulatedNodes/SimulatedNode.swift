import JSONStream
import KubeAPI
import KubeClient
import NetworkAddress

/// The objects of one simulated node. Pure.
struct SimulatedNode: ReportedNode {
    /// Says `stopped` where a node has failed: whoever wants to see what happens sets it.
    static let annotation = "viaduct.io/simulated-node"
    /// Marks nodes of which there is no machine.
    static let label = "viaduct.io/simulated"

    let name: String
    let zone: String
    let addresses: [IPAddress]
    let podNetworks: [IPNetwork]
    private let capacity: [String: String]

    init(_ index: Int, _ configuration: SimulatedNodesConfiguration) {
        name = "\(configuration.namePrefix)\(index + 1)"
        zone = configuration.zones[index % configuration.zones.count]
        addresses = configuration.nodeNetworks.compactMap { $0.host(index + 1) }
        podNetworks = configuration.podNetworks.compactMap {
            $0.part(index, configuration.podPrefixLengths[$0.family] ?? 0)
        }
        capacity = configuration.capacity
    }

    func isStopped(_ node: Node) -> Bool { Self.isStopped(node) }
    static func isStopped(_ node: Node) -> Bool { node.metadata.annotations[annotation] == "stopped" }

    var object: JSONValue {
        [
            "apiVersion": "v1", "kind": "Node",
            "metadata": [
                "name": .string(name),
                "labels": [
                    "kubernetes.io/hostname": .string(name), "kubernetes.io/os": "linux",
                    "kubernetes.io/arch": "amd64", Self.label: "true", Node.zoneLabel: .string(zone),
                ],
            ],
            "spec": ["podCIDRs": .array(podNetworks.map { .string($0.description) })],
        ]
    }

    /// What a kubelet reports of a healthy node.
    func status(_ old: Node?, time: Timestamp) -> JSONValue {
        var amounts: JSONValue = [:]
        for (name, amount) in capacity.sorted(by: { $0.key < $1.key }) { amounts[name] = .string(amount) }
        let internalIPs: [JSONValue] = addresses.map { ["type": "InternalIP", "address": .string($0.description)] }
        return [
            "capacity": amounts, "allocatable": amounts,
            // A strategic merge would make one of two addresses of a type.
            "addresses": .array(
                internalIPs + [["type": "Hostname", "address": .string(name)], ["$patch": "replace"]]),
            "conditions": .array(Self.conditions(old, time: time).map(\.json)),
            "nodeInfo": [
                "machineID": .string(name), "systemUUID": .string(name), "bootID": .string(name),
                "kernelVersion": "simulated", "osImage": "simulated", "containerRuntimeVersion": "simulated://1",
                "kubeletVersion": "v1.36.2", "kubeProxyVersion": "v1.36.2", "operatingSystem": "linux",
                "architecture": "amd64",
            ],
        ]
    }

    private static func conditions(_ old: Node?, time: Timestamp) -> [Condition] {
        [
            Condition(
                "MemoryPressure", "False", reason: "KubeletHasSufficientMemory",
                message: "kubelet has sufficient memory available"),
            Condition(
                "DiskPressure", "False", reason: "KubeletHasNoDiskPressure", message: "kubelet has no disk pressure"),
            Condition(
                "PIDPressure", "False", reason: "KubeletHasSufficientPID",
                message: "kubelet has sufficient PID available"),
            Condition("Ready", "True", reason: "KubeletReady", message: "kubelet is posting ready status"),
        ].map { condition in
            condition.reported(over: old?.conditions.first { $0.type == condition.type }, at: time)
        }
    }
}
