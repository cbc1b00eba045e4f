internal import LinuxSystem
internal import NetworkAddress
internal import Nftables
internal import NftablesServices
internal import ServiceModel

/// What becomes of ipvs mode when another mode is in force: connections that are there go on, and none begins. Pure.
///
/// IPVS drops what it knows of a connection with its virtual server, so that those with connections stay until these have
/// ended, and so do the addresses that lead there. New connections never come here: the new mode translates them before, or
/// they are marked for a virtual server that hands them over to this host's own sockets.
struct IPVSRetirement: Hashable, Sendable {
    /// What takes new connections from now on, where it is IPVS's work.
    private(set) var preparations: [IPVSCommand] = []
    /// No endpoint gets new connections; behind the rules that keep them away.
    private(set) var quiescence: [IPVSCommand] = []
    /// Of virtual servers that have no connections left; behind all that leads there.
    private(set) var deletions: [IPVSCommand] = []
    private(set) var addresses: Set<IPAddress> = []
    /// What tells which addresses share a virtual server.
    private(set) var marks: [SetName: [ElementKey: ElementData]] = [:]

    /// - Parameters:
    ///   - servers: those of ours, with the connections that they have.
    ///   - elements: what the table holds.
    ///   - passing: whether ``ServiceMark/pass`` is needed as long as something is left.
    init(
        servers: [VirtualServerKey: KernelServer], elements: [SetName: [ElementKey: ElementData]], family: IPFamily,
        passing: Bool
    ) {
        let pass = VirtualServerKey.mark(ServiceMark.pass)
        var kept: Set<VirtualServerKey> = []
        for (key, server) in servers where key != pass {
            guard server.endpoints.values.contains(where: { $0.connections != 0 }) else {
                deletions.append(.removeServer(key))
                continue
            }
            kept.insert(key)
            for (endpoint, facts) in server.endpoints where facts.weight != 0 {
                quiescence.append(.setEndpoint(key, endpoint, weight: 0))
            }
        }
        for case .frontend(let frontend) in kept { addresses.insert(frontend.ip) }
        for set in [SetName.marks, .shortCircuitMarks] {
            for (key, data) in elements[set] ?? [:] where key.address != 0 {
                guard case .mark(let mark) = data.value, kept.contains(.mark(mark)) else { continue }
                addresses.insert(IPAddress(family: family, value: key.address))
                marks[set, default: [:]][key] = data
            }
        }
        if kept.isEmpty {
            if servers[pass] != nil { deletions.append(.removeServer(pass)) }
        } else if passing, servers[pass] == nil {
            preparations = [
                .addServer(pass, VirtualServerSettings(IPVSScheduling())), .addLocalDelivery(pass, family),
            ]
        }
        hasConnections = !kept.isEmpty
    }

    /// Whether anything has to stay.
    let hasConnections: Bool

    /// What leads from the table as it is to what is left of it.
    ///
    /// - Parameter isFirst: whether virtual servers without connections are still there: new connections are kept from them.
    func comparison(
        _ kernel: KernelTable, _ chains: [ChainDefinition], _ family: IPFamily, isFirst: Bool
    ) throws(SystemError) -> (plan: Plan, tidying: [Plan]) {
        var comparison = try TableComparison(kernel, ServiceTable.layout, chains: chains, family: family)
        let noted = isFirst ? (kernel.elements[.serviceIPs] ?? [:]).keys.map(\.address) : []
        for address in Set(addresses.map(\.value)).union(noted).sorted() {
            comparison.want(.serviceIPs, Element(key: ElementKey(address: address)))
        }
        for (set, elements) in marks {
            for (key, data) in elements { comparison.want(set, Element(key: key, data: data)) }
        }
        return comparison.finish()
    }
}
