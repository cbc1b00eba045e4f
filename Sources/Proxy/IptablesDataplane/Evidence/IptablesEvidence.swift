internal import Dataplane
internal import HostInspection
internal import LinuxSystem
internal import NetworkAddress
internal import PacketFilter
internal import ServiceModel

/// Compares the legacy tables, as libiptc reads them, with the desired state for a connection: each chain that its
/// packets may reach, rule by rule.
struct IptablesEvidence {
    private let question: KernelQuestion
    private let state: IptablesState
    private let configuration: IptablesConfiguration
    private var evidence = KernelEvidence()

    static func collect(
        _ configuration: IptablesConfiguration, _ question: KernelQuestion
    ) throws(SystemError) -> KernelEvidence {
        var evidence = IptablesEvidence(configuration, question)
        for table in Table.programmed { try evidence.check(table) }
        if let target = question.target { evidence.readAffinity(target) }
        return evidence.evidence
    }

    private init(_ configuration: IptablesConfiguration, _ question: KernelQuestion) {
        self.question = question
        self.configuration = configuration
        var state = IptablesState(configuration: configuration)
        _ = state.apply(FamilyDelta(updated: question.states, node: question.node))
        self.state = state
    }

    private var tool: String { configuration.family == .ipv4 ? "iptables" : "ip6tables" }

    /// The first packet of the connection as the rules of the nat table see it.
    private var packet: Packet {
        Packet(
            source: question.client, destination: question.destination.ip, transport: question.transport.rawValue,
            destinationPort: question.destination.port)
    }

    private mutating func check(_ table: Table) throws(SystemError) {
        let place = "\(tool) table \(table.rawValue)"
        guard let found = try LegacyRules.read(table.rawValue, configuration.family) else {
            return evidence.note(.table, in: tool, "table \(table.rawValue)", .missing)
        }
        let chains = Dictionary(found.chains.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var wanted: [ChainName: [Rule]] = [:]
        state.forEachChain(table) { wanted[$0] = $1 }
        let shared = FixedChains(configuration: configuration, node: state.node).sharedRules(table)
        for part in shared { check(part, chains["\(part.chain)"], place) }
        for (chain, destinations) in concerned(shared, wanted) {
            guard let rules = wanted[chain] else { continue }
            check(chain, rules, chains["\(chain)"], place, destinations)
        }
    }

    // MARK: Which chains

    /// A destination that packets may have when they come to a chain.
    private struct Address: Hashable {
        var ip: IPAddress
        var port: UInt16?
    }

    /// The chains that packets of the connection may come to, in order, with their destinations there.
    private func concerned(
        _ shared: [SharedRules], _ wanted: [ChainName: [Rule]]
    ) -> [(ChainName, Set<Address>)] {
        let original = Address(ip: question.destination.ip, port: question.destination.port)
        let hairpins = (question.target?.state.hairpinAddresses ?? []).map { Address(ip: $0, port: nil) }
        var order: [ChainName] = []
        var found: [ChainName: Set<Address>] = [:]
        var open: [(ChainName, Address)] = shared.flatMap { part in
            part.rules.flatMap { rule -> [(ChainName, Address)] in
                guard case .jump(let chain) = rule.target else { return [] }
                return (part.chain == "POSTROUTING" ? hairpins : [original]).map { (chain, $0) }
            }
        }
        open.reverse()
        while let (chain, address) = open.popLast() {
            guard let rules = wanted[chain], found[chain, default: []].insert(address).inserted else { continue }
            if found[chain]?.count == 1 { order.append(chain) }
            for rule in rules.reversed() where mayMatch(rule, address) {
                if case .jump(let next) = rule.target { open.append((next, address)) }
            }
        }
        return order.map { ($0, found[$0] ?? []) }
    }

    /// Whether the fields of a rule that tell destinations let one pass.
    private func mayMatch(_ rule: Rule, _ address: Address) -> Bool {
        if let match = rule.destination, match.network.contains(address.ip) == match.isInverted { return false }
        guard let port = address.port else { return true }
        if let transport = rule.transport, transport != question.transport { return false }
        return rule.matches.allSatisfy {
            if case .destinationPort(let ports) = $0 { ports.contains(port) } else { true }
        }
    }

    // MARK: Comparing

    private mutating func check(
        _ name: ChainName, _ rules: [Rule], _ found: LegacyRules.Chain?, _ place: String, _ addresses: Set<Address>
    ) {
        guard let found else { return evidence.note(.chain, in: place, "chain \(name)", .missing) }
        let concerned = rules.filter { rule in addresses.contains { mayMatch(rule, $0) } }
        evidence.note(.chain, in: place, "chain \(name)")
        for step in RuleAlignment.steps(from: found.rules.map(\.text), to: rules.map(\.iptablesText)) {
            switch step {
            case .kept(_, let index):
                // Those that are the connection's own tell where it goes.
                guard concerned.contains(rules[index]), isOwn(rules[index]) else { continue }
                evidence.note(.rule, in: place, "-A \(name) \(rules[index].iptablesText)")
            case .missing(let index):
                guard concerned.contains(rules[index]) else { continue }
                evidence.note(.rule, in: place, "-A \(name) \(rules[index].iptablesText)", .missing)
            case .extra(let index):
                let rule = found.rules[index]
                guard addresses.contains(where: { mayMatch(rule.packetRule, $0) }) else { continue }
                evidence.note(.rule, in: place, "-A \(name) \(rule.text)", .unwanted)
            }
        }
    }

    /// Whether a rule names an address of the Service or an endpoint.
    private func isOwn(_ rule: Rule) -> Bool {
        if case .dnat = rule.target { return true }
        return rule.destination.map { $0.network.prefixLength == $0.network.family.bitWidth && !$0.isInverted } ?? false
            || rule.matches.contains {
                if case .destinationPort(let ports) = $0 { ports.count == 1 } else { false }
            }
    }

    private func mayMatch(_ rule: PacketRule, _ address: Address) -> Bool {
        var packet = packet
        packet.source = nil
        packet.destination = address.ip
        if let port = address.port { packet.destinationPort = port }
        return rule.applies(to: packet) != false || address.port == nil
    }

    /// Our rules in a chain of others: they are there, in order, and nothing before them takes the packet away.
    private mutating func check(_ wanted: SharedRules, _ found: LegacyRules.Chain?, _ place: String) {
        guard let found else { return evidence.note(.chain, in: place, "chain \(wanted.chain)", .missing) }
        let texts = found.rules.map(\.text)
        var first: Int?
        for rule in wanted.rules {
            guard let index = texts.firstIndex(of: rule.iptablesText) else {
                evidence.note(.rule, in: place, "-A \(wanted.chain) \(rule.iptablesText)", .missing)
                continue
            }
            evidence.note(.rule, in: place, "-A \(wanted.chain) \(rule.iptablesText)")
            first = min(first ?? index, index)
        }
        guard wanted.chain == "PREROUTING" || wanted.chain == "OUTPUT", place.hasSuffix("nat"), let first else {
            return
        }
        for rule in found.rules[..<first] where rule.packetRule.applies(to: packet) == true {
            switch rule.packetRule.verdict {
            case .accept, .return, .drop, .translate:
                evidence.note(
                    .rule, in: place, "-A \(wanted.chain) \(rule.text)", .different("it stands in front of ours"))
            default: continue
            }
        }
    }

    // MARK: Affinity

    private mutating func readAffinity(_ target: KernelQuestion.Target) {
        guard let seconds = target.state.service.affinityTimeout, let client = question.client,
            let origin = question.origin
        else { return }
        let names = ServiceChainNames(target.state.service.name)
        let clock = KernelClock.read()
        for endpoint in target.state.endpoints(target.frontend.list(for: origin)) {
            let list = names.clientList(endpoint.address)
            guard let seen = RecentList.lastSeen(client, in: list) else { continue }
            let left = clock.map { Double(seconds) - $0.seconds(since: seen) }
            // Who is beyond the time is only there until somebody comes.
            if let left, left <= 0 { continue }
            evidence.affinity = AffinitySlot(
                endpoint: endpoint.address, secondsLeft: left, place: "/proc/net/xt_recent/\(list)")
            return
        }
    }
}
