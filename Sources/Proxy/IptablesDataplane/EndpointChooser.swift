internal import NetworkAddress
internal import ServiceModel

/// The rules that choose one of a Service's endpoints by weight: one rule per endpoint.
///
/// With many endpoints, a chain chooses a group first, so that a packet meets a few dozen rules at most. An endpoint's
/// group depends on its address alone and does not change when others are added or removed.
///
/// **Session affinity** adds one rule per endpoint (and group) before these, which finds its remembered clients.
struct EndpointChooser {
    /// Up to so many endpoints stand in one chain.
    static let leafSize = 32
    /// About as many are in a group.
    static let groupSize = 16
    private static let maximumBits = 5
    private static let maximumDepth = 2

    let transport: TransportProtocol
    let names: ServiceChainNames
    let affinityTimeout: UInt32?
    private(set) var chains: [(ChainName, [Rule])] = []

    init(_ service: ServicePort, _ names: ServiceChainNames) {
        transport = service.name.transport
        self.names = names
        affinityTimeout = service.affinityTimeout
    }

    /// Adds a chain for these endpoints, with chains for its groups.
    mutating func add(_ chain: ChainName, _ endpoints: [Endpoint], depth: Int = 0) {
        guard endpoints.count > Self.leafSize, depth < Self.maximumDepth else {
            chains.append(
                (
                    chain,
                    choice(
                        endpoints.map { endpoint in
                            Option(
                                weight: UInt64(endpoint.weight), target: .dnat(endpoint.address),
                                clientList: affinityTimeout == nil ? "" : names.clientList(endpoint.address))
                        })
                ))
            return
        }
        let groups = Self.groups(endpoints, depth: depth)
        let options = groups.map { index, members in
            let group = Self.name(chain, group: index, isFirst: depth == 0)
            let option = Option(
                weight: members.reduce(0) { $0 + UInt64($1.weight) }, target: .jump(group), clientList: "\(group)")
            return (option, group, members)
        }
        chains.append((chain, choice(options.map(\.0))))
        for (_, group, members) in options { add(group, members, depth: depth + 1) }
    }

    private struct Option {
        var weight: UInt64
        var target: Rule.Target
        /// Unused without affinity.
        var clientList: String
    }

    private func choice(_ options: [Option]) -> [Rule] {
        var rules: [Rule] = []
        if let affinityTimeout {
            for option in options {
                var rule = rule(option.target)
                rule.matches = [.refreshClient(list: option.clientList, seconds: affinityTimeout)]
                rules.append(rule)
            }
        }
        var rest = options.reduce(0) { $0 + $1.weight }
        for option in options {
            var rule = rule(option.target)
            if option.weight < rest {
                rule.matches.append(.random(UInt32(((option.weight << 31) + rest / 2) / rest)))
            }
            if affinityTimeout != nil { rule.matches.append(.rememberClient(list: option.clientList)) }
            rest -= option.weight
            rules.append(rule)
        }
        return rules
    }

    private func rule(_ target: Rule.Target) -> Rule {
        var rule = Rule(target)
        rule.transport = transport
        return rule
    }

    // MARK: Groups

    private static func groups(_ endpoints: [Endpoint], depth: Int) -> [(Int, [Endpoint])] {
        let wanted = (endpoints.count + groupSize - 1) / groupSize
        let bits = min(Int.bitWidth - (wanted - 1).leadingZeroBitCount, maximumBits)
        var groups = [[Endpoint]](repeating: [], count: 1 << bits)
        for endpoint in endpoints {
            groups[Int(digest(endpoint.address) >> UInt64(64 - bits - depth * maximumBits)) & (1 << bits - 1)].append(
                endpoint)
        }
        return groups.enumerated().filter { !$0.element.isEmpty }.map { ($0.offset, $0.element) }
    }

    /// Mixes address and port well: the groups are its first bits (the finalizer of MurmurHash3).
    private static func digest(_ endpoint: EndpointAddress) -> UInt64 {
        var hash = UInt64(truncatingIfNeeded: endpoint.ip.value >> 64) &* 0x9E37_79B9_7F4A_7C15
        hash ^= UInt64(truncatingIfNeeded: endpoint.ip.value) &+ UInt64(endpoint.port) << 48
        hash = (hash ^ hash >> 33) &* 0xFF51_AFD7_ED55_8CCD
        hash = (hash ^ hash >> 33) &* 0xC4CE_B9FE_1A85_EC53
        return hash ^ hash >> 33
    }

    /// `-` and a character a level: as long as a name can be.
    private static func name(_ chain: ChainName, group: Int, isFirst: Bool) -> ChainName {
        let digits = Array("0123456789abcdefghijklmnopqrstuv".utf8)
        return ChainName(chain.bytes + (isFirst ? [UInt8(ascii: "-")] : []) + [digits[group]])
    }
}
