import NetworkAddress
public import ServiceModel

extension ProxyStatus {
    /// A model with the proxy's configuration and node, but without objects. For the same Services and EndpointSlices,
    /// it gives the same result as the proxy's.
    public var emptyModel: ServiceModel {
        var model = ServiceModel(configuration: self.model.configuration(nodeName: node.name))
        model.setNodeState(node.state)
        shares?.apply(to: &model, at: UnixTime.now)
        return model
    }
}

extension ProxyStatus.Node {
    init(name: String, _ state: NodeState) {
        self.name = name
        zone = state.zone
        addresses = state.addresses.sorted { $0.key < $1.key }.map(\.value.description)
        podCIDRs = state.podCIDRs.map(\.description)
        serviceCIDRs = state.serviceCIDRs.map(\.description)
        localAddresses = state.localAddresses.map(\.description)
    }

    var state: NodeState {
        var state = NodeState()
        state.zone = zone
        for address in addresses.compactMap({ IPAddress($0) }) { state.addresses[address.family] = address }
        state.podCIDRs = podCIDRs.compactMap { IPNetwork($0) }
        state.serviceCIDRs = serviceCIDRs.compactMap { IPNetwork($0) }
        state.localAddresses = localAddresses.compactMap { IPAddress($0) }
        return state
    }
}

extension ProxyStatus.Facts {
    init(_ facts: NodeFacts, nodeAddress: IPAddress?) {
        self.nodeAddress = nodeAddress?.description
        serviceCIDRs = facts.serviceCIDRs.map(\.description)
        nodePortAddresses = facts.nodePortAddresses?.map(\.description)
        localPods = facts.localPods.match.map { match in
            switch match {
            case .source(let network): "source \(network)"
            case .inputInterface(let name, let isPrefix): (isPrefix ? "interface-prefix " : "interface ") + name
            }
        }
        localPodNetworks = facts.localPods.networks?.map(\.description)
        clusterIPMasquerading = "\(facts.clusterIPMasquerading)"
    }
}

extension ProxyStatus.Model {
    init(_ configuration: ServiceModelConfiguration) {
        families = configuration.families.map(\.rawValue).sorted()
        serviceProxyName = configuration.serviceProxyName
        nodePortNetworks = []
        includesPrimary = false
        switch configuration.nodePortAddresses {
        case .primary: nodePortAddresses = "primary"
        case .all: nodePortAddresses = "all"
        case .networks(let networks):
            nodePortAddresses = "networks"
            nodePortNetworks = networks.map(\.description)
        case .chosen(let networks, let primary):
            nodePortAddresses = "chosen"
            nodePortNetworks = networks.map(\.description)
            includesPrimary = primary
        }
        servesNodePortsOnLoopback = configuration.servesNodePortsOnLoopback
        relaysNodePortsOnLoopback = configuration.relaysNodePortsOnLoopback
        servesExternalIPs = configuration.servesExternalIPs
        nodeAddressOverride = configuration.nodeIPOverride?.description
        switch configuration.localTraffic {
        case .none: (detectLocalMode, detectLocal) = ("", [])
        case .clusterCIDR(let networks): (detectLocalMode, detectLocal) = ("ClusterCIDR", networks.map(\.description))
        case .nodeCIDR: (detectLocalMode, detectLocal) = ("NodeCIDR", [])
        case .bridgeInterface(let name): (detectLocalMode, detectLocal) = ("BridgeInterface", [name])
        case .interfaceNamePrefix(let prefix): (detectLocalMode, detectLocal) = ("InterfaceNamePrefix", [prefix])
        }
        masqueradeAll = configuration.masqueradeAll
        annotations = configuration.annotations.sorted()
        weightAnnotations = configuration.weightAnnotations
    }

    func configuration(nodeName: String) -> ServiceModelConfiguration {
        let networks = nodePortNetworks.compactMap { IPNetwork($0) }
        let nodePorts: ServiceModelConfiguration.NodePortAddresses =
            switch nodePortAddresses {
            case "all": .all
            case "networks": .networks(networks)
            case "chosen": .chosen(networks, primary: includesPrimary)
            default: .primary
            }
        let localTraffic: LocalTrafficDetector =
            switch detectLocalMode {
            case "ClusterCIDR": .clusterCIDR(detectLocal.compactMap { IPNetwork($0) })
            case "NodeCIDR": .nodeCIDR
            case "BridgeInterface": .bridgeInterface(detectLocal.first ?? "")
            case "InterfaceNamePrefix": .interfaceNamePrefix(detectLocal.first ?? "")
            default: .none
            }
        return ServiceModelConfiguration(
            nodeName: nodeName, families: Set(families.compactMap { IPFamily(rawValue: $0) }),
            serviceProxyName: serviceProxyName, nodePortAddresses: nodePorts,
            servesNodePortsOnLoopback: servesNodePortsOnLoopback,
            relaysNodePortsOnLoopback: relaysNodePortsOnLoopback, servesExternalIPs: servesExternalIPs,
            nodeIPOverride: nodeAddressOverride.flatMap { IPAddress($0) }, localTraffic: localTraffic,
            masqueradeAll: masqueradeAll, annotations: Set(annotations), weightAnnotations: weightAnnotations)
    }
}
