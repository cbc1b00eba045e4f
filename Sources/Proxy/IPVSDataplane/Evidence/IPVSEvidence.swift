internal import Dataplane
internal import LinuxSystem
internal import Netlink
internal import NetworkAddress
internal import Nftables
internal import NftablesServices
internal import ServiceModel

/// Compares the kernel's state for a connection in ipvs mode with the desired state. Reads virtual servers with libnl
/// and the table beside them with libnftnl.
struct IPVSEvidence: ~Copyable {
    private let configuration: IPVSConfiguration
    private let question: KernelQuestion
    private var check: TableCheck
    private var servers: LibnlServers

    static func collect(
        _ configuration: IPVSConfiguration, _ question: KernelQuestion
    ) throws(SystemError) -> KernelEvidence {
        var evidence = try IPVSEvidence(configuration, question)
        return try evidence.run()
    }

    private init(_ configuration: IPVSConfiguration, _ question: KernelQuestion) throws(SystemError) {
        let servers = try LibnlServers(configuration.family)
        check = try TableCheck(configuration.family, table: configuration.table, ServiceTable.layout)
        self.servers = servers
        self.configuration = configuration
        self.question = question
    }

    private mutating func run() throws(SystemError) -> KernelEvidence {
        let wanted = try wantedServers()
        if check.isInForce {
            try check.check(ServiceTable(configuration: configuration, node: question.node).chains)
            try checkElements(wanted)
        }
        try checkAddress()
        if let wanted, let target = question.target {
            try checkServers(wanted, target)
            if check.isInForce {
                for address in target.state.hairpinAddresses.sorted() {
                    try check.check(
                        .hairpin, ElementKey(address: address.value, source: address.value), wanted: ElementValue.none)
                }
            }
            readPersistence(target)
        }
        return check.evidence
    }

    /// What the Service port asks for, with the number of marks that the kernel's maps have for it.
    private mutating func wantedServers() throws(SystemError) -> ServiceServers? {
        guard let target = question.target else { return nil }
        var state = IPVSState(configuration: configuration)
        _ = state.setHostAddresses(Set(question.localAddresses))
        _ = state.apply(FamilyDelta(updated: question.states, node: question.node), now: .zero)
        guard let servers = state.servers(of: target.state.service.name) else { return nil }
        guard servers.number != nil else { return servers }
        for map in [SetName.marks, .shortCircuitMarks] {
            for key in target.state.service.frontendKeys.dropFirst() {
                guard case .mark(let value)? = try check.element(map, ElementKey(key))?.element.data.value,
                    let mark = ServiceMark(value: value)
                else { continue }
                return servers.withNumber(mark.number)
            }
        }
        return servers
    }

    // MARK: The table

    private mutating func checkElements(_ wanted: ServiceServers?) throws(SystemError) {
        let key = ElementKey(question.key)
        var values: [SetName: ElementValue] = [:]
        var sources: [ElementKey] = []
        wanted?.forEachElement { set, element in
            guard element.key.address == key.address, element.key.port == key.port,
                element.key.transport == key.transport
            else { return }
            if set == .sourceRanges { sources.append(element.key) } else { values[set] = element.data.value }
        }
        for set in [SetName.marks, .shortCircuitMarks, .noLocalEndpoints, .emptyNodePorts, .firewallIPs] {
            try check.check(set, key, wanted: values[set])
        }
        if !sources.isEmpty {
            try check.checkAll(.sourceRanges, wanted: sources) {
                $0.address == key.address && $0.port == key.port && $0.transport == key.transport
            }
        }
        let address = question.destination.ip
        let isClusterIP = question.states.values.contains { $0.service.clusterIP == address }
        try check.check(.clusterIPs, ElementKey(address: address.value), wanted: isClusterIP ? ElementValue.none : nil)
        try check.check(
            .serviceIPs, ElementKey(address: address.value), wanted: isServiceAddress ? ElementValue.none : nil)
        if question.key.isNodePort {
            let listed = NodePortAddresses.elements(question.node.nodePortAddresses).keys
            try check.checkAll(.nodePortIPs, wanted: listed.sorted { $0.address < $1.address })
        }
    }

    private var isServiceAddress: Bool {
        !question.localAddresses.contains(question.destination.ip)
            && question.states.values.contains { $0.service.addresses.contains(question.destination.ip) }
    }

    /// Packets come to the input hook, where IPVS takes them, only if the address is one of this host.
    private mutating func checkAddress() throws(SystemError) {
        guard isServiceAddress else { return }
        var socket = try RouteSocket()
        let answer = try socket.route(to: question.destination.ip)
        check.evidence.note(
            .address, in: IPVSConfiguration.device, "\(question.destination.ip)",
            answer?.kind == .local ? .asWanted : .missing)
    }

    // MARK: Virtual servers

    private mutating func checkServers(
        _ wanted: ServiceServers, _ target: KernelQuestion.Target
    ) throws(SystemError) {
        var marks: Set<UInt32> = []
        wanted.forEachElement { _, element in
            if element.key == ElementKey(target.frontend.key), case .mark(let mark) = element.data.value {
                marks.insert(mark)
            }
        }
        var concerned: [(VirtualServerKey, VirtualServer)] = []
        wanted.forEachServer { key, server in
            switch key {
            case .frontend(let frontend): if frontend == target.frontend.key { concerned.append((key, server)) }
            case .mark(let mark): if marks.contains(mark) { concerned.append((key, server)) }
            }
        }
        let found = try servers.servers()
        for (key, server) in concerned { try check(key, server, found[key]) }
    }

    private mutating func check(
        _ key: VirtualServerKey, _ wanted: VirtualServer, _ found: VirtualServerSettings?
    ) throws(SystemError) {
        let text = "\(key) \(wanted.settings.text)"
        guard let found else { return check.evidence.note(.virtualServer, in: "IPVS", text, .missing) }
        check.evidence.note(
            .virtualServer, in: "IPVS", text,
            found == wanted.settings ? .asWanted : .different("it is \(found.text)"))
        let endpoints = try servers.endpoints(of: key)
        for (address, weight) in wanted.endpoints.sorted(by: { $0.key < $1.key }) {
            let state: KernelObject.State
            switch endpoints[address] {
            case nil: state = .missing
            case let facts? where !facts.isTranslating: state = .different("it is not reached by masquerading (-m)")
            case let facts? where facts.weight != UInt32(weight): state = .different("its weight is \(facts.weight)")
            default: state = .asWanted
            }
            check.evidence.note(.destination, in: "IPVS, \(key)", "\(address) weight \(weight)", state)
        }
        // Of weight 0 are those that drain.
        for (address, facts) in endpoints.sorted(by: { $0.key < $1.key })
        where wanted.endpoints[address] == nil && facts.weight > 0 {
            check.evidence.note(.destination, in: "IPVS, \(key)", "\(address) weight \(facts.weight)", .unwanted)
        }
    }

    private mutating func readPersistence(_ target: KernelQuestion.Target) {
        guard target.state.service.affinityTimeout != nil, let client = question.client else { return }
        guard let template = PersistenceTable.template(client, question.destination, question.transport) else { return }
        // One that drains or is gone does not hold its clients (expire_quiescent_template).
        let endpoints = target.state.endpoints(target.frontend.list(for: question.origin ?? .elsewhere))
        let isUsed = endpoints.endpoint(at: template.endpoint).map { $0.weight > 0 } ?? false
        check.setAffinity(
            AffinitySlot(
                endpoint: isUsed ? template.endpoint : nil, secondsLeft: template.secondsLeft,
                place: IPVSConnections.path))
    }
}
