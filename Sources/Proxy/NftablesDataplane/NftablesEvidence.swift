internal import Dataplane
internal import LinuxSystem
internal import NetworkAddress
internal import Nftables
internal import NftablesServices
internal import ServiceModel

/// Compares this backend's table with the desired state for a connection. Reads it element by element with libnftnl.
struct NftablesEvidence: ~Copyable {
    private let configuration: NftablesConfiguration
    private let question: KernelQuestion
    private var check: TableCheck
    private var family: IPFamily { configuration.family }

    static func collect(
        _ configuration: NftablesConfiguration, _ question: KernelQuestion
    ) throws(SystemError) -> KernelEvidence {
        var evidence = try NftablesEvidence(configuration, question)
        return try evidence.run()
    }

    private init(_ configuration: NftablesConfiguration, _ question: KernelQuestion) throws(SystemError) {
        self.configuration = configuration
        self.question = question
        check = try TableCheck(configuration.family, table: configuration.table, TableDefinition.layout)
    }

    private mutating func run() throws(SystemError) -> KernelEvidence {
        guard check.isInForce else { return check.evidence }
        try check.check(TableDefinition(configuration: configuration, node: question.node).chains)
        try checkAddresses()
        try checkFrontend()
        if let target = question.target {
            let entry = ServiceEntry(target.state)
            var paths: [ServiceEntry.Path] = []
            entry.forEachPath { if $0.frontend == target.frontend.key { paths.append($0) } }
            for path in paths { try checkList(path, entry) }
            for address in target.state.hairpinAddresses.sorted() {
                try check.check(
                    .hairpin, ElementKey(address: address.value, source: address.value), wanted: ElementValue.none)
            }
            try readAffinity(target)
        }
        return check.evidence
    }

    // MARK: Addresses

    private mutating func checkAddresses() throws(SystemError) {
        let address = question.destination.ip
        let isClusterIP = question.states.values.contains { $0.service.clusterIP == address }
        try check.check(.clusterIPs, ElementKey(address: address.value), wanted: isClusterIP ? ElementValue.none : nil)
        let ranges = NftablesState.intervals(question.node.serviceCIDRs, family)
        try check.checkAll(.serviceCIDRs, wanted: ranges) { $0.address != 0 || !$0.isIntervalEnd }
        if question.key.isNodePort {
            let wanted = NodePortAddresses.elements(question.node.nodePortAddresses).keys
            try check.checkAll(.nodePortIPs, wanted: wanted.sorted { $0.address < $1.address })
        }
    }

    // MARK: The frontend

    /// Elements that stand under the frontend's own key: the wanted ones, and no others.
    private mutating func checkFrontend() throws(SystemError) {
        let key = ElementKey(question.key)
        var wanted: Set<SetName> = []
        var sources: [ElementKey] = []
        if let target = question.target {
            ServiceEntry(target.state).forEachElement { set, element in
                guard element.key.address == key.address, element.key.port == key.port,
                    element.key.transport == key.transport
                else { return }
                if set == .sourceRanges { sources.append(element.key) } else { wanted.insert(set) }
            }
        }
        // Any number will do.
        let hasAffinity = question.target?.state.service.affinityTimeout != nil
        let number = try check.element(.affinityNumbers, key)?.element.data.value
        try check.check(.affinityNumbers, key, wanted: hasAffinity ? number ?? .mark(0) : nil)
        for set in [SetName.externalIPs, .externalLocalIPs, .noEndpoints, .firewallIPs] {
            try check.check(set, key, wanted: wanted.contains(set) ? ElementValue.none : nil)
        }
        if !sources.isEmpty {
            try check.checkAll(.sourceRanges, wanted: sources) {
                $0.address == key.address && $0.port == key.port && $0.transport == key.transport
            }
        }
        if question.target == nil {
            for policy in [UInt32(0), 1] {
                try check.check(.endpointCounts, ElementKey(question.key, slot: policy), wanted: nil)
            }
        }
    }

    // MARK: Lists

    private mutating func checkList(_ path: ServiceEntry.Path, _ entry: ServiceEntry) throws(SystemError) {
        let key = ElementKey(path.frontend, slot: path.kind.policy)
        var wanted: UInt32?
        entry.forEachElement { set, element in
            if set == .endpointCounts, element.key == key, case .mark(let code) = element.data.value { wanted = code }
        }
        var found: UInt32?
        if case .mark(let code)? = try check.element(.endpointCounts, key)?.element.data.value { found = code }
        // A service with affinity may have several slots for each endpoint.
        let fits = wanted.map { Self.fits(found, $0, hasAffinity: entry.service.affinityTimeout != nil) } ?? false
        try check.check(.endpointCounts, key, wanted: fits ? found.map { .mark($0) } : wanted.map { .mark($0) })
        guard let code = fits ? found : wanted, code != BalancerKind.noneHere else {
            if wanted != nil {
                try check.check(path.kind.map, BalancerKind.dropping.key, wanted: BalancerKind.dropping.data.value)
            }
            return
        }
        let chain = entry.chain(Int(code & UInt32(BalancerChain.maximumCount)), path.kind)
        try check.check(path.kind.map, chain.element.key, wanted: chain.element.data.value)
        try check.check([ChainDefinition(name: chain.name, rules: chain.rules(family))])
        try checkSlots(path, count: chain.count, entry.slots(path.list))
    }

    static func fits(_ found: UInt32?, _ wanted: UInt32, hasAffinity: Bool) -> Bool {
        guard let found, hasAffinity else { return found == wanted }
        let mask = UInt32(BalancerChain.maximumCount)
        let (slots, endpoints) = (found & mask, wanted & mask)
        return found & ~mask == wanted & ~mask && endpoints > 0 && slots > 0 && slots % endpoints == 0
    }

    /// Each endpoint has its share of the slots, as many as in a new table or a multiple of that; which they are does
    /// not matter.
    private mutating func checkSlots(
        _ path: ServiceEntry.Path, count: Int, _ slots: [Endpoint]
    ) throws(SystemError) {
        guard !slots.isEmpty else { return }
        let factor = max(1, count / slots.count)
        var shares: [EndpointAddress: Int] = [:]
        for endpoint in slots { shares[endpoint.address, default: 0] += factor }
        var vacant: [Int] = []
        var places: [EndpointAddress: Int] = [:]
        var wrong: [(slot: Int, found: EndpointAddress)] = []
        for slot in 0..<count {
            guard
                case .destination(let ip, let port)? = try check.element(.endpoints, path.key(slot: slot))?.element
                    .data.value
            else {
                vacant.append(slot)
                continue
            }
            let address = EndpointAddress(ip, port)
            guard let share = shares[address], places[address, default: 0] < share else {
                wrong.append((slot, address))
                continue
            }
            places[address, default: 0] += 1
            check.note(.element, text(path, slot, address))
        }
        var absent = shares.sorted { $0.key < $1.key }.flatMap { address, share in
            Array(repeating: address, count: max(0, share - (places[address] ?? 0)))
        }[...]
        for (slot, address) in wrong {
            check.note(
                .element, text(path, slot, absent.popFirst() ?? address),
                .different("it is \(text(path, slot, address))"))
        }
        for slot in vacant { check.note(.element, text(path, slot, absent.popFirst()), .missing) }
    }

    private func text(_ path: ServiceEntry.Path, _ slot: Int, _ address: EndpointAddress?) -> String {
        check.text(
            .endpoints,
            Element(
                key: path.key(slot: slot),
                data: ElementData(value: address.map { .destination($0.ip, $0.port) } ?? .none)))
    }

    // MARK: Affinity

    private mutating func readAffinity(_ target: KernelQuestion.Target) throws(SystemError) {
        guard target.state.service.affinityTimeout != nil, let client = question.client, let origin = question.origin
        else { return }
        let list = target.frontend.list(for: origin)
        let isLocal = target.frontend.dependsOnOrigin && list == .local
        let numbered = try check.element(.affinityNumbers, ElementKey(target.frontend.key))
        guard case .mark(let number)? = numbered?.element.data.value else { return }
        let key = ElementKey(source: client.value, slot: number)
        let map = isLocal ? SetName.localAffinity : .affinity
        guard let found = try check.element(map, key), case .mark(let slot) = found.element.data.value else { return }
        var endpoint: EndpointAddress?
        if case .destination(let ip, let port)? = try check.element(
            .endpoints, ElementKey(target.frontend.key, slot: slot))?.element.data.value
        {
            endpoint = EndpointAddress(ip, port)
        }
        check.setAffinity(
            AffinitySlot(
                endpoint: endpoint, secondsLeft: found.expiration.map { Double($0) / 1000 },
                place: "\(check.place), map \(map.rawValue)"))
    }
}
