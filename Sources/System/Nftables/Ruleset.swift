/// The tables and chains of all programs in a network namespace's nf_tables, in outline.
package struct Ruleset: Hashable, Sendable {
    /// NFPROTO_* (linux/netfilter.h).
    package enum Family: UInt8, Hashable, Sendable {
        case inet = 1
        case ip = 2
        case arp = 3
        case netdev = 5
        case bridge = 7
        case ip6 = 10

        /// As nft writes it.
        package var name: String {
            switch self {
            case .inet: "inet"
            case .ip: "ip"
            case .arp: "arp"
            case .netdev: "netdev"
            case .bridge: "bridge"
            case .ip6: "ip6"
            }
        }
    }

    package struct Table: Hashable, Sendable {
        package var family: Family
        package var name: String
        /// A dormant table does nothing.
        package var isDormant: Bool

        package init(family: Family, name: String, isDormant: Bool = false) {
            self.family = family
            self.name = name
            self.isDormant = isDormant
        }
    }

    package struct Chain: Hashable, Sendable {
        package var family: Family
        package var table: String
        package var name: String
        /// Nil for chains that others jump to, and for hooks that IP packets do not pass.
        package var base: BaseChain?
        package var dropsByDefault: Bool
        /// The number of rules, for base chains in the forward hook; other chains' rules are not read.
        package var ruleCount: Int
        /// Whether the last of those rules drops or rejects every packet that reaches it.
        package var endsInDrop: Bool

        package init(
            family: Family, table: String, name: String, base: BaseChain? = nil, dropsByDefault: Bool = false,
            ruleCount: Int = 0, endsInDrop: Bool = false
        ) {
            self.family = family
            self.table = table
            self.name = name
            self.base = base
            self.dropsByDefault = dropsByDefault
            self.ruleCount = ruleCount
            self.endsInDrop = endsInDrop
        }
    }

    package var tables: [Table]
    package var chains: [Chain]

    package init(tables: [Table] = [], chains: [Chain] = []) {
        self.tables = tables
        self.chains = chains
    }
}
