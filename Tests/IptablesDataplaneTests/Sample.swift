import DataplaneTesting
import NetworkAddress
import ServiceModel
import Testing

@testable import IptablesDataplane

/// States, tables and texts for tests.
enum Sample {
    static func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

    static func name(_ service: String, _ transport: TransportProtocol = .tcp) -> ServicePortName {
        ServicePortName(namespace: "test", name: service, port: "p", transport: transport)
    }

    /// The n-th of many addresses behind a prefix of 16 bits.
    static func address(_ family: IPFamily, _ network: UInt128, _ number: Int) -> IPAddress {
        let base: UInt128 = family == .ipv4 ? network << 16 : 0xFD00 << 112 | network << 16
        return IPAddress(family: family, value: base | UInt128(number))
    }

    static func endpoints(_ count: Int, _ family: IPFamily = .ipv4, from start: Int = 0) -> [EndpointAddress] {
        (0..<count).map {
            EndpointAddress(address(family, 0x0A01 + UInt128((start + $0) >> 16), (start + $0) & 0xFFFF), 8080)
        }
    }

    static func state(
        _ service: String, _ clusterIP: IPAddress, _ endpoints: [EndpointAddress], local: [EndpointAddress] = [],
        _ transport: TransportProtocol = .tcp, _ change: (inout ServicePort) -> Void = { _ in }
    ) -> ServicePortState {
        var port = ServicePort(name: name(service, transport), clusterIP: clusterIP, port: 80)
        change(&port)
        return ServicePortState(service: port, clusterEndpoints: endpoints, localEndpoints: local)
    }

    static func delta(_ states: [ServicePortState], node: NodeFacts? = NodeFacts()) -> FamilyDelta {
        FamilyDelta(
            updated: ServicePortStates(Dictionary(uniqueKeysWithValues: states.map { ($0.service.name, $0) })),
            node: node)
    }

    /// Services with cluster IPs one behind the other and this many endpoints each.
    static func many(_ services: Int, endpoints count: Int, _ family: IPFamily = .ipv4) -> FamilyDelta {
        delta(
            (0..<services).map { number in
                state("s\(number)", address(family, 0xAC1E, number), endpoints(count, family, from: number * count))
            })
    }

    // MARK: Tables

    /// A table as the kernel makes it: chains without rules.
    static func emptyTable(_ table: Table, _ family: IPFamily = .ipv4) throws -> TableImage {
        try TableImage(parsing: emptyRawTable(table, family), family: family)
    }

    static func emptyRawTable(_ table: Table, _ family: IPFamily = .ipv4) -> RawTable {
        var encoder = RuleEncoder(family)
        var hooks = TableHooks()
        for hook in table == .nat ? [0, 1, 3, 4] : [1, 2, 3] {
            hooks.valid |= 1 << UInt32(hook)
            hooks.entries[hook] = UInt32(encoder.buffer.count)
            hooks.policies[hook] = UInt32(encoder.buffer.count)
            encoder.append(Rule(.accept))
        }
        encoder.appendHead("ERROR")
        return RawTable(
            hooks: hooks, entryCount: encoder.entryCount,
            bytes: [UInt8](repeating: 0, count: EntryLayout.replaceHeader) + encoder.buffer.bytes)
    }

    /// The table that the kernel would have after a start with this state.
    static func table(_ table: Table, _ state: IptablesState) throws -> TableImage {
        let empty = try emptyTable(table, state.configuration.family)
        return try TableAssembly.assemble(table, empty, state.wanted(table)).image
    }

    static func applied(
        _ delta: FamilyDelta, _ configuration: IptablesConfiguration? = nil, _ family: IPFamily = .ipv4
    ) -> IptablesState {
        var state = IptablesState(configuration: configuration ?? IptablesConfiguration(family: family))
        _ = state.apply(delta)
        _ = state.finish()
        return state
    }

    /// One service of each kind.
    static func variety(_ family: IPFamily) throws -> FamilyDelta {
        func ip(_ network: UInt128, _ number: Int) -> IPAddress { address(family, network, number) }
        let local = endpoints(2, family)
        var states = [
            state("plain", ip(0xAC1E, 1), endpoints(5, family)), state("none", ip(0xAC1E, 2), []),
            state("udp", ip(0xAC1E, 1), endpoints(40, family), .udp),
            state("node-port", ip(0xAC1E, 3), endpoints(3, family)) { $0.nodePort = 30080 },
            state("load-balancer", ip(0xAC1E, 4), endpoints(3, family)) {
                $0.nodePort = 30081
                $0.externalIPs = [ip(0xC000, 1)]
                $0.loadBalancerVIPs = [ip(0xC000, 2), ip(0xC000, 3)]
                $0.loadBalancerSourceRanges = [IPNetwork(ip(0x0A00, 0)), IPNetwork(ip(0xCB00, 0))]
                $0.sourceRangesAdmitNode = true
            },
            state("local", ip(0xAC1E, 5), endpoints(4, family), local: local) {
                $0.nodePort = 30082
                $0.externalPolicyLocal = true
                $0.healthCheckNodePort = 30090
            },
            state("affine", ip(0xAC1E, 6), endpoints(4, family), local: local) {
                $0.nodePort = 30083
                $0.externalPolicyLocal = true
                $0.affinityTimeout = 10800
            },
            state("elsewhere", ip(0xAC1E, 7), endpoints(2, family)) {
                $0.nodePort = 30084
                $0.externalPolicyLocal = true
                $0.internalPolicyLocal = true
            },
        ]
        states[0].endpointsOnThisNode = Set(local)
        return delta(states, node: NodeFacts().telling(.interfaceNamePrefix("cni"), family))
    }

    /// All rules of chains in the words of iptables-save.
    static func text(_ chains: [(ChainName, [Rule])]) -> [String] {
        chains.flatMap { chain, rules in rules.map { "-A \(chain) \($0.iptablesText)" } }
    }
}

extension IptablesState {
    /// All rules of ours in a table, in the words of iptables-save.
    func text(_ table: Table) -> [String] {
        var chains: [(ChainName, [Rule])] = []
        forEachChain(table) { chains.append(($0, $1)) }
        return Sample.text(chains)
    }
}
