public import KubeAPI

extension Service {
    /// A Service in namespace `default` for tests. `clusterIPs` set `clusterIP` and `ipFamilies` too.
    public static func make(
        _ name: String, namespace: String = "default", clusterIPs: [String] = ["10.96.0.1"],
        ports: [Port] = [.http], created: String = "2026-01-01T00:00:00Z",
        _ adjust: (inout Service) -> Void = { _ in }
    ) -> Service {
        var service = Service(metadata: ObjectMeta(name: name, namespace: namespace))
        service.metadata.uid = "uid-\(name)"
        service.metadata.creationTimestamp = created
        service.spec.type = "ClusterIP"
        service.spec.clusterIP = clusterIPs.first ?? ""
        service.spec.clusterIPs = clusterIPs
        service.spec.ipFamilies = clusterIPs.map { $0.contains(":") ? "IPv6" : "IPv4" }
        service.spec.ports = ports
        adjust(&service)
        return service
    }
}

extension Service.Port {
    /// TCP port 80 without a name.
    public static let http = Service.Port(transport: "TCP", port: 80)
}

extension EndpointSlice {
    /// A slice for tests; its family is that of its first endpoint, IPv4 without any.
    public static func make(
        _ name: String, of service: String, namespace: String = "default", addressType: String? = nil,
        ports: [Port] = [Port(name: "", transport: "TCP", port: 8080)], _ endpoints: [Endpoint] = []
    ) -> EndpointSlice {
        var slice = EndpointSlice(metadata: ObjectMeta(name: name, namespace: namespace))
        slice.metadata.labels[Self.serviceNameLabel] = service
        let isIPv6 = endpoints.first?.addresses.first?.contains(":") ?? false
        slice.addressType = addressType ?? (isIPv6 ? "IPv6" : "IPv4")
        slice.ports = ports
        slice.endpoints = endpoints
        return slice
    }
}

extension EndpointSlice.Endpoint {
    /// A ready endpoint on a node.
    public static func ready(
        _ address: String, node: String = "node2", zones: [String] = [], nodes: [String] = []
    ) -> Self {
        Self(
            addresses: [address], ready: true, serving: true, terminating: false, nodeName: node, zoneHints: zones,
            nodeHints: nodes)
    }

    /// An endpoint that terminates but still serves.
    public static func draining(_ address: String, node: String = "node2") -> Self {
        Self(addresses: [address], ready: false, serving: true, terminating: true, nodeName: node)
    }

    /// An endpoint that does not serve.
    public static func notReady(_ address: String, node: String = "node2") -> Self {
        Self(addresses: [address], ready: false, serving: false, terminating: false, nodeName: node)
    }
}

extension Node {
    /// A node with internal addresses, for tests.
    public static func make(
        _ name: String, zone: String? = nil, addresses: [String] = [], podCIDRs: [String] = []
    ) -> Node {
        var node = Node(metadata: ObjectMeta(name: name), podCIDRs: podCIDRs)
        node.metadata.labels[Self.zoneLabel] = zone
        node.addresses = addresses.map { Address(type: "InternalIP", address: $0) }
        return node
    }
}
