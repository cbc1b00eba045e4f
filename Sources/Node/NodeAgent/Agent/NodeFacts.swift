import HostNode

/// What this host is, and what pods may use of it.
struct NodeFacts: Sendable {
    let host: HostFacts
    /// `containerd`
    var runtimeName: String
    /// `containerd://1.6.20`
    var runtimeVersion: String
    let capacity: [String: String]

    init(_ host: HostFacts, runtimeName: String, runtimeVersion: String, storage: UInt64?, maximumPods: Int) {
        self.host = host
        self.runtimeName = runtimeName
        self.runtimeVersion = runtimeVersion
        var capacity = ["cpu": String(host.processors), "pods": String(maximumPods)]
        if let memory = host.memory { capacity["memory"] = "\(memory)Ki" }
        if let storage { capacity["ephemeral-storage"] = "\(storage / 1024)Ki" }
        self.capacity = capacity
    }

    /// Of a node without a machine.
    init(runtimeName: String, capacity: [String: String]) {
        host = HostFacts()
        self.runtimeName = runtimeName
        runtimeVersion = runtimeName
        self.capacity = capacity
    }

    /// Nothing is kept back for the host.
    var allocatable: [String: String] { capacity }
    /// Bytes.
    var memory: Int64 { (host.memory ?? 0) * 1024 }
}
