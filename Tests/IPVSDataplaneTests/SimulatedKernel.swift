import NetworkAddress
import Nftables
import ServiceModel

@testable import IPVSDataplane

/// IPVS, the device and the table without a kernel: what changes make of them, and what a kernel would refuse.
struct SimulatedKernel {
    private(set) var servers: [VirtualServerKey: KernelServer] = [:]
    private(set) var addresses: Set<IPAddress> = []
    private(set) var elements: [SetName: [ElementKey: ElementData]] = [:]

    // MARK: Changes

    /// In the order in which they are carried out; returns what would be refused.
    mutating func apply(_ changes: IPVSState.Changes, forget: () -> Plan) -> [String] {
        var faults = apply(changes.notes)
        faults += apply(changes.servers.additions + changes.servers.retirements)
        addresses.subtract(changes.removedAddresses)
        faults += apply(changes.table)
        addresses.formUnion(changes.addedAddresses)
        faults += dangling
        faults += apply(changes.servers.deletions)
        return faults + apply(forget()) + dangling
    }

    mutating func apply(_ commands: [IPVSCommand]) -> [String] { commands.compactMap { apply($0) } }

    private mutating func apply(_ command: IPVSCommand) -> String? {
        switch command {
        case .addServer(let key, let settings):
            guard servers[key] == nil else { return "\(command.text): it exists" }
            servers[key] = KernelServer(settings: settings, endpoints: [:])
        case .setServer(let key, let settings):
            guard servers[key] != nil else { return "\(command.text): it does not exist" }
            servers[key]?.settings = settings
        case .removeServer(let key):
            if servers.removeValue(forKey: key) == nil { return "\(command.text): it does not exist" }
        case .addEndpoint(let key, let endpoint, let weight):
            guard servers[key] != nil, servers[key]?.endpoints[endpoint] == nil else { return command.text }
            servers[key]?.endpoints[endpoint] = .init(weight: UInt32(weight), connections: 1)
        case .setEndpoint(let key, let endpoint, let weight):
            guard servers[key]?.endpoints[endpoint] != nil else { return command.text }
            servers[key]?.endpoints[endpoint]?.weight = UInt32(weight)
        case .addLocalDelivery(let key, _):
            if servers[key] == nil { return command.text }
        case .removeEndpoint(let key, let endpoint):
            if servers[key]?.endpoints.removeValue(forKey: endpoint) == nil { return command.text }
        }
        return nil
    }

    mutating func apply(_ plan: Plan) -> [String] {
        var faults: [String] = []
        for (set, gone) in plan.deletedElements {
            for element in gone where elements[set]?.removeValue(forKey: element.key) == nil {
                faults.append("cannot delete from \(set.rawValue): \(element)")
            }
        }
        for (set, new) in plan.addedElements {
            for element in new
            where elements[set, default: [:]].updateValue(element.data, forKey: element.key) != nil {
                faults.append("cannot add to \(set.rawValue): \(element)")
            }
        }
        return faults
    }

    /// All connections to endpoints that drain end.
    mutating func endConnections() {
        for key in servers.keys {
            for (endpoint, facts) in servers[key]?.endpoints ?? [:] where facts.weight == 0 {
                servers[key]?.endpoints[endpoint]?.connections = 0
            }
        }
    }

    mutating func add(_ key: VirtualServerKey, _ server: KernelServer) { servers[key] = server }

    /// Addresses of ours that lead nowhere, and marks without a virtual server.
    private var dangling: [String] {
        var faults: [String] = []
        for address in addresses
        where !servers.keys.contains(where: { if case .frontend(let key) = $0 { key.ip == address } else { false } })
            && !marked.contains(address)
        {
            faults.append("\(address) leads to no virtual server")
        }
        for address in addresses where elements[.serviceIPs]?[ElementKey(address: address.value)] == nil {
            faults.append("\(address) is not noted as ours")
        }
        for set in [SetName.marks, .shortCircuitMarks] {
            for (key, data) in elements[set] ?? [:] {
                guard case .mark(let mark) = data.value, ServiceMark(value: mark) != nil else { continue }
                if servers[.mark(mark)] == nil { faults.append("\(key) has a mark of no virtual server") }
            }
        }
        return faults
    }

    private var marked: Set<IPAddress> {
        Set(
            (elements[.marks] ?? [:]).keys.flatMap { key in
                [IPFamily.ipv4, .ipv6].map { IPAddress(family: $0, value: key.address) }
            })
    }

    // MARK: What it lists

    func table(_ configuration: IPVSConfiguration, _ node: NodeFacts) throws -> KernelTable {
        var table = KernelTable(generation: 1)
        table.exists = true
        for set in ServiceTable.layout.sets {
            table.sets[set.name.rawValue] = set.facts(configuration.family)
            table.elements[set.name] = elements[set.name] ?? [:]
        }
        for chain in ServiceTable(configuration: configuration, node: node).chains {
            table.chains[chain.name] = KernelTable.ChainFacts(
                base: chain.base,
                rules: try chain.rules.map { try RuleCodec.signature(of: $0, family: configuration.family) })
        }
        return table
    }

    // MARK: What packets meet

    enum Outcome: Hashable {
        case endpoints([EndpointAddress: UInt32])
        case drop
    }

    /// Where a new connection goes; nil if nothing of ours takes it.
    ///
    /// - Parameters:
    ///   - address: nil for a node port.
    ///   - isInternal: whether it comes from a pod here or the node itself.
    func outcome(
        _ address: IPAddress?, _ port: UInt16, _ transport: TransportProtocol, isInternal: Bool
    ) -> Outcome? {
        let key = ElementKey(address: address?.value ?? 0, port: port, transport: transport.rawValue)
        let isClusterIP = address.map { elements[.clusterIPs]?[ElementKey(address: $0.value)] != nil } ?? false
        var mark: UInt32 = 0
        if isInternal, !isClusterIP, case .mark(let value)? = elements[.shortCircuitMarks]?[key]?.value {
            mark = value
        } else if elements[.noLocalEndpoints]?[key] != nil {
            return .drop
        } else if !isClusterIP, case .mark(let value)? = elements[.marks]?[key]?.value {
            mark = value
        }
        let named = address.map { VirtualServerKey.frontend(FrontendKey($0, port, transport)) }
        guard let server = servers[.mark(mark)] ?? named.flatMap({ servers[$0] }) else { return nil }
        return .endpoints(server.endpoints.mapValues(\.weight).filter { $0.value > 0 })
    }
}
