internal import CNftables
internal import Glibc
package import LinuxSystem
internal import Netlink
package import NetworkAddress
package import PacketFilter

/// All programs' nf_tables rules that packets of one IP family meet, as libnftnl reads them.
package struct RulesetListing: Hashable, Sendable {
    package struct Table: Hashable, Sendable {
        package var family: Ruleset.Family
        package var name: String
        package var isDormant: Bool
    }

    package struct Chain: Hashable, Sendable {
        package var family: Ruleset.Family
        package var table: String
        package var name: String
        package var base: BaseChain?
        package var isOfAnotherKind = false
        package var dropsByDefault = false
        package var rules: [ListedRule] = []
    }

    package struct ListedRule: Hashable, Sendable {
        package var handle: UInt64
        package var comment: String?
        /// The rule in libnftnl's text form.
        package var signature: String
        package var rule: PacketRule

        /// The understood part of the rule, in a form like nft's.
        package var text: String { rule.text }
    }

    package var tables: [Table] = []
    package var chains: [Chain] = []

    package init(tables: [Table] = [], chains: [Chain] = []) {
        self.tables = tables
        self.chains = chains
    }

    /// The table of this family with this name; nil if there is none.
    package func table(_ name: String, _ family: Ruleset.Family) -> Table? {
        tables.first { $0.name == name && $0.family == family }
    }

    package func chains(of table: String, _ family: Ruleset.Family) -> [Chain] {
        chains.filter { $0.table == table && $0.family == family }
    }

    /// The chains in the form that ``PacketWalk`` follows, without dormant tables.
    package func packetChains(except ours: Set<String> = []) -> [PacketChains] {
        tables.filter { !$0.isDormant && !ours.contains($0.name) }.map { table in
            var chains: [String: PacketChains.Chain] = [:]
            for chain in self.chains(of: table.name, table.family) {
                chains[chain.name] = PacketChains.Chain(
                    rules: chain.rules.map(\.rule),
                    base: chain.base.flatMap { base in
                        PacketHook(base.hook).map {
                            PacketChains.Base(
                                hook: $0, priority: base.priority, isNAT: base.kind == .nat,
                                dropsByDefault: chain.dropsByDefault)
                        }
                    })
            }
            return PacketChains(name: "table \(table.family.name) \(table.name)", chains: chains)
        }
    }
}

extension PacketHook {
    package init?(_ hook: BaseChain.Hook) {
        switch hook {
        case .prerouting: self = .prerouting
        case .input: self = .input
        case .forward: self = .forward
        case .output: self = .output
        case .postrouting: self = .postrouting
        }
    }
}

extension RulesetListing {
    /// More are not remembered.
    private static let limit = 1 << 18

    /// Lists the rules of the calling thread's network namespace for a family.
    ///
    /// - Throws: EPERM without CAP_NET_ADMIN; the kernel's error if it has no nf_tables.
    package static func read(_ family: IPFamily) throws(SystemError) -> RulesetListing {
        var socket = try NetlinkSocket(protocol: NETLINK_NETFILTER)
        var listing = RulesetListing()
        let families: [Ruleset.Family] = [.inet, family == .ipv4 ? .ip : .ip6]
        try list(NFT_MSG_GETTABLE, &socket) { message in
            if let table = LibnftnlReader.table(message), families.contains(table.family) {
                listing.tables.append(table)
            }
        }
        try list(NFT_MSG_GETCHAIN, &socket) { message in
            guard listing.chains.count < limit, let chain = LibnftnlReader.chain(message),
                families.contains(chain.family)
            else { return }
            listing.chains.append(chain)
        }
        var places: [String: Int] = [:]
        for (index, chain) in listing.chains.enumerated() {
            places["\(chain.family.rawValue) \(chain.table) \(chain.name)"] = index
        }
        var count = 0
        try list(NFT_MSG_GETRULE, &socket) { message in
            guard count < limit, let (place, rule) = LibnftnlReader.rule(message), let index = places[place] else {
                return
            }
            count += 1
            listing.chains[index].rules.append(rule)
        }
        return listing
    }

    private static func list(
        _ type: nf_tables_msg_types, _ socket: inout NetlinkSocket, _ body: (ArraySlice<UInt8>) -> Void
    ) throws(SystemError) {
        let sequence = socket.reserveSequence()
        let request = LibnftnlReader.dump(type, family: 0, sequence: sequence)
        do throws(SystemError) {
            try socket.request(request, sequence: sequence, operation: "list nf_tables") { body($0.whole) }
        } catch  where error.isInterruptedDump {
            // Others write meanwhile: what was seen still counts.
        }
    }
}
