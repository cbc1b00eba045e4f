@testable import Controllers
@testable import KubeAPI

extension ManagedService {
    /// `web` in `ns`, for the pods `app=web`, port 80 to 8080.
    static func web(_ change: (inout ManagedService) -> Void = { _ in }) -> ManagedService {
        var service = ManagedService(metadata: ObjectMeta(name: "web", namespace: "ns"))
        service.metadata.uid = "web-uid"
        service.metadata.creationTimestamp = "2026-01-01T00:00:00Z"
        service.type = "ClusterIP"
        service.clusterIP = "10.96.0.10"
        service.ipFamilies = ["IPv4"]
        service.selector = ["app": "web"]
        service.ports = [Port(name: "http", port: 80, target: .number(8080))]
        change(&service)
        return service
    }
}

extension Pod {
    /// A ready pod `app=web` of `ns` on `node1`.
    static func web(_ name: String, _ ips: [String], _ change: (inout Pod) -> Void = { _ in }) -> Pod {
        var pod = Pod(metadata: ObjectMeta(name: name, namespace: "ns"))
        pod.metadata.uid = "uid-\(name)"
        pod.metadata.labels = ["app": "web"]
        pod.spec.nodeName = "node1"
        pod.status.phase = "Running"
        pod.status.podIPs = ips
        pod.setReady(true)
        change(&pod)
        return pod
    }

    mutating func setReady(_ isReady: Bool, at time: String = "2026-01-01T00:00:10Z") {
        var condition = Condition("Ready", isReady ? "True" : "False")
        condition.lastTransitionTime = time
        status.conditions = [condition]
    }

    /// Gives the pod a container with a named port.
    mutating func addPort(_ name: String, _ number: Int32, _ transport: String = "TCP") {
        var port = PodSpec.Container.Port()
        port.name = name
        port.containerPort = number
        port.transport = transport
        var container = PodSpec.Container()
        container.ports = [port]
        spec.containers.append(container)
    }
}

extension Node {
    static func named(_ name: String, zone: String? = nil) -> Node {
        var node = Node(metadata: ObjectMeta(name: name))
        if let zone { node.metadata.labels[Node.zoneLabel] = zone }
        return node
    }
}

/// Keeps slices as an API server does.
struct SliceStore {
    private(set) var slices: [String: ManagedEndpointSlice] = [:]
    private var revision = 0

    init(_ slices: [ManagedEndpointSlice] = []) {
        for slice in slices { put(slice) }
    }

    /// Sorted by name.
    var all: [ManagedEndpointSlice] { slices.values.sorted { $0.metadata.name < $1.metadata.name } }

    mutating func put(_ slice: ManagedEndpointSlice) {
        var stored = slice
        revision += 1
        if stored.metadata.name.isEmpty {
            stored.metadata.name = stored.generateName + String(1_000_000 + revision)
            stored.metadata.uid = "slice-\(revision)"
            stored.generateName = ""
        }
        stored.metadata.resourceVersion = String(revision)
        slices[stored.metadata.name] = stored
    }

    mutating func apply(_ plan: EndpointSlicePlan) {
        for slice in plan.creations + plan.updates { put(slice) }
        for slice in plan.deletions { slices[slice.metadata.name] = nil }
    }
}

extension EndpointSlicePlan {
    var writeCount: Int { creations.count + updates.count + deletions.count }

    init(_ service: ManagedService, _ pods: [Pod], _ slices: [ManagedEndpointSlice] = [], limit: Int = 100) {
        self.init(
            service, pods: pods, slices: slices, node: { $0 == "missing" ? nil : Node.named($0, zone: "zone-\($0)") },
            triggerTime: nil, limit: limit)
    }
}
