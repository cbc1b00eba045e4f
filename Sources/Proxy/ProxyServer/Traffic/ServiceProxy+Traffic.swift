import NetworkAddress
import ServiceModel

extension ServiceProxy {
    func overview() -> [PortOverview] { model.overview() }

    /// The port of each path: by its destination address, otherwise as a node port.
    func ports(of paths: [FlowPath]) -> [FlowPath: TrafficTally.PortKey] {
        var found: [FlowPath: TrafficTally.PortKey] = [:]
        for path in paths {
            let destination = path.destination
            let service =
                model.port(of: FrontendKey(destination.ip, destination.port, path.transport))
                ?? model.port(of: .nodePort(destination.port, path.transport, destination.ip.family))
            if let service { found[path] = TrafficTally.PortKey(name: service.name, family: service.family) }
        }
        return found
    }

    func endpointAddresses() -> [TrafficTally.PortKey: Set<EndpointAddress>] {
        var found: [TrafficTally.PortKey: Set<EndpointAddress>] = [:]
        for port in model.overview() {
            let service = port.state.service
            found[TrafficTally.PortKey(name: service.name, family: service.family)] = Set(port.endpoints.map(\.address))
        }
        return found
    }
}
