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
        (0..<count).map { EndpointAddress(address(family, 0x0A01 + UInt128((start + $0) >> 16), (start + $0) & 0xFFFF), 8080) }
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
        FamilyDelta(updated: Dictionary(uniqueKeysWithValues: states.map { ($0.service.name, $0) }), node: node)
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

    /// All rules of chains in the words of iptables-save.
    static func text(_ chains: [(ChainName, [Rule])]) -> [String] {
        chains.flatMap { chain, rules in rules.map { "-A \(chain) \($0.iptablesText)" } }
    }
}
