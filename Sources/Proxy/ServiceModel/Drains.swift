public import KubeAPI
public import NetworkAddress

/// Endpoints that somebody asked to drain: they get no new connections and keep those that they have.
public struct Drains: Hashable, Sendable {
    /// By their names, with their addresses: pods of a host network share one.
    public var pods: [ObjectKey: Set<IPAddress>]
    public var nodes: Set<String>
    /// With port 0 for all ports.
    public var addresses: Set<EndpointAddress>

    public init(
        pods: [ObjectKey: Set<IPAddress>] = [:], nodes: Set<String> = [], addresses: Set<EndpointAddress> = []
    ) {
        self.pods = pods
        self.nodes = nodes
        self.addresses = addresses
    }

    public var isEmpty: Bool { pods.isEmpty && nodes.isEmpty && addresses.isEmpty }
}

/// The same, to be asked about each endpoint.
struct DrainIndex: Sendable {
    struct Pod: Hashable, Sendable {
        var key: ObjectKey
        var hash: UInt32
    }

    private(set) var drains: Drains
    private let pods: [IPAddress: [Pod]]
    private let portless: Set<IPAddress>

    init(_ drains: Drains = Drains()) {
        self.drains = drains
        var pods: [IPAddress: [Pod]] = [:]
        for (key, addresses) in drains.pods {
            for address in addresses { pods[address, default: []].append(Pod(key: key, hash: PodName.hash(key.name))) }
        }
        self.pods = pods
        portless = Set(drains.addresses.lazy.filter { $0.port == 0 }.map(\.ip))
    }

    var isEmpty: Bool { drains.isEmpty }

    /// Why an endpoint is drained; nil: it is not. One whose slice names no pod is the pod that has its address.
    ///
    /// - Parameters:
    ///   - nodes: the numbers of the nodes that are drained, with their names.
    ///   - port: nil: any.
    func reason(
        _ endpoint: ParsedSlice.Endpoint, port: UInt16?, namespace: String, nodes: [UInt16: String]
    ) -> DrainReason? {
        if let pod = pods[endpoint.ip]?.first(where: {
            $0.key.namespace == namespace && (endpoint.pod == 0 || endpoint.pod == $0.hash)
        }) {
            return .pod(pod.key)
        }
        if endpoint.node != 0, let node = nodes[endpoint.node] { return .node(node) }
        if portless.contains(endpoint.ip) { return .address(EndpointAddress(endpoint.ip, 0)) }
        guard let port else {
            return drains.addresses.first { $0.ip == endpoint.ip }.map { .address($0) }
        }
        let address = EndpointAddress(endpoint.ip, port)
        return drains.addresses.contains(address) ? .address(address) : nil
    }
}

/// What somebody asked to drain.
public enum DrainReason: Hashable, Sendable {
    case pod(ObjectKey)
    case node(String)
    /// With port 0 for all ports.
    case address(EndpointAddress)
}

extension ServiceModel {
    public var drains: Drains { drainIndex.drains }

    /// Takes what somebody asked to drain. Only Services that have such endpoints are computed again.
    public mutating func setDrains(_ new: Drains) {
        guard new != drains else { return }
        let before = drainIndex
        drainIndex = DrainIndex(new)
        let (old, now) = (drainedNodes(before.drains), drainedNodes(new))
        for (slot, record) in records.enumerated() {
            let isConcerned = record.slices.contains { slice in
                slice.endpoints.contains { endpoint in
                    let namespace = record.key.namespace
                    return before.reason(endpoint, port: nil, namespace: namespace, nodes: old) != nil
                        || drainIndex.reason(endpoint, port: nil, namespace: namespace, nodes: now) != nil
                }
            }
            if isConcerned { dirty.insert(Int32(slot)) }
        }
    }

    func drainedNodes(_ drains: Drains) -> [UInt16: String] {
        var numbers: [UInt16: String] = [:]
        for name in drains.nodes {
            let number = nodeNames.known(name)
            if number != 0 { numbers[number] = name }
        }
        return numbers
    }

    /// The endpoints that are drained, by what somebody asked for: where their connections end, and by which protocol.
    public func drainedEndpoints() -> [DrainReason: Set<FlowEnd>] {
        guard !drainIndex.isEmpty else { return [:] }
        let nodes = drainedNodes(drains)
        var found: [DrainReason: Set<FlowEnd>] = [:]
        for record in records where record.service != nil {
            for slice in record.slices {
                for endpoint in slice.endpoints {
                    for port in slice.ports {
                        let reason = drainIndex.reason(
                            endpoint, port: port.port, namespace: record.key.namespace, nodes: nodes)
                        guard let reason else { continue }
                        found[reason, default: []].insert(
                            FlowEnd(transport: port.transport, address: EndpointAddress(endpoint.ip, port.port)))
                    }
                }
            }
        }
        return found
    }

    /// Services that are left without an endpoint for new connections by what is drained, sorted.
    public func emptiedByDrains() -> [ServicePortName] {
        guard !drainIndex.isEmpty else { return [] }
        var names: Set<ServicePortName> = []
        for record in records {
            for port in record.delivered {
                let endpoints = port.state.endpoints(.cluster) + port.state.endpoints(.local)
                if !endpoints.isEmpty, endpoints.allSatisfy({ $0.weight == 0 }) {
                    names.insert(port.state.service.name)
                }
            }
        }
        return names.sorted()
    }
}
