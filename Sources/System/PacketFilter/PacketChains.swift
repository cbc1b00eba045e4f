/// Where in the network stack rules apply (enum nf_inet_hooks).
public enum PacketHook: String, Hashable, Sendable, CaseIterable {
    case prerouting, input, forward, output, postrouting
}

/// The chains of one table, with those that packets enter from hooks.
public struct PacketChains: Hashable, Sendable {
    public struct Chain: Hashable, Sendable {
        public var rules: [PacketRule]
        public var base: Base?

        public init(rules: [PacketRule] = [], base: Base? = nil) {
            self.rules = rules
            self.base = base
        }
    }

    /// How packets enter a chain.
    public struct Base: Hashable, Sendable {
        public var hook: PacketHook
        /// Lower ones run first.
        public var priority: Int32
        public var isNAT: Bool
        public var dropsByDefault: Bool

        public init(hook: PacketHook, priority: Int32, isNAT: Bool = false, dropsByDefault: Bool = false) {
            self.hook = hook
            self.priority = priority
            self.isNAT = isNAT
            self.dropsByDefault = dropsByDefault
        }
    }

    /// As the program's own tools name it: `table inet firewalld`, `iptables table filter`.
    public var name: String
    public var chains: [String: Chain]

    public init(name: String, chains: [String: Chain] = [:]) {
        self.name = name
        self.chains = chains
    }
}

/// What rules do with a packet at one hook.
public struct PacketFate: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable {
        case drop, reject, translate
        /// It will not be translated.
        case untrack
    }

    public var kind: Kind
    /// False if it depends on unknown facts.
    public var isCertain: Bool
    public var table: String
    public var chain: String
    /// The rule, or `policy drop`.
    public var rule: String
}

/// Follows a packet through rules, with the known facts about it.
public struct PacketWalk: Sendable {
    /// The maximum number of rules to evaluate for one packet.
    private static let limit = 20_000
    private static let maximumDepth = 64

    private let tables: [PacketChains]

    public init(_ tables: [PacketChains]) { self.tables = tables }

    /// The rules that stop or change a packet at a hook, in order; a certain one ends the list. Empty if there are
    /// none.
    ///
    /// - Parameter priorities: the priorities of the chains to follow.
    public func fates(
        of packet: Packet, at hook: PacketHook, priorities: ClosedRange<Int32> = .min ... .max
    ) -> [PacketFate] {
        var bases: [(table: PacketChains, name: String, base: PacketChains.Base)] = []
        for table in tables {
            for (name, chain) in table.chains {
                guard let base = chain.base, base.hook == hook, priorities.contains(base.priority) else { continue }
                bases.append((table, name, base))
            }
        }
        bases.sort { ($0.base.priority, $0.table.name, $0.name) < ($1.base.priority, $1.table.name, $1.name) }
        var fates: [PacketFate] = []
        for (table, name, base) in bases {
            var run = Run(table: table, packet: packet)
            run.enter(name, base)
            fates += run.fates
            if let last = fates.last, last.isCertain, last.kind != .untrack { break }
        }
        return fates
    }

    private struct Run {
        let table: PacketChains
        let packet: Packet
        var fates: [PacketFate] = []
        var budget = PacketWalk.limit
        /// Whether some rule on the way may have let it through.
        var mayBeAccepted = false

        enum End { case goOn, stopped, accepted }

        mutating func enter(_ name: String, _ base: PacketChains.Base) {
            guard case .goOn = walk(name, depth: 0, isCertain: true), base.dropsByDefault else { return }
            note(.drop, name, "policy drop", isCertain: !mayBeAccepted)
        }

        private mutating func note(_ kind: PacketFate.Kind, _ chain: String, _ rule: String, isCertain: Bool) {
            fates.append(
                PacketFate(kind: kind, isCertain: isCertain, table: table.name, chain: chain, rule: rule))
        }

        /// - Parameter isCertain: whether it is known that the packet comes to this chain.
        private mutating func walk(_ name: String, depth: Int, isCertain: Bool) -> End {
            guard depth < PacketWalk.maximumDepth, let chain = table.chains[name] else { return .goOn }
            var isCertain = isCertain
            for rule in chain.rules {
                budget -= 1
                guard budget > 0 else {
                    mayBeAccepted = true
                    return .accepted
                }
                guard let applies = Self.certainty(rule, packet) else { continue }
                let isSure = applies && isCertain
                switch rule.verdict {
                case .accept:
                    if isSure { return .accepted }
                    mayBeAccepted = true
                    if applies { return .goOn }
                case .drop, .reject, .translate:
                    note(Self.kind(rule.verdict), name, rule.text, isCertain: isSure && !mayBeAccepted)
                    if isSure { return .stopped }
                    if applies { return .goOn }
                case .return:
                    if applies { return .goOn }
                    // What follows is met only where this rule did not apply.
                    isCertain = false
                case .jump(let target), .goto(let target):
                    let end = walk(target, depth: depth + 1, isCertain: isSure)
                    if isSure, end != .goOn { return end }
                    if case .goto = rule.verdict, applies { return .goOn }
                case .untrack: note(.untrack, name, rule.text, isCertain: isSure && !mayBeAccepted)
                case .masquerade, .continue, .other: continue
                }
            }
            return .goOn
        }

        /// Nil: the rule does not apply; false: it may.
        private static func certainty(_ rule: PacketRule, _ packet: Packet) -> Bool? {
            switch rule.applies(to: packet) {
            case true?: true
            case nil: false
            case false?: nil
            }
        }

        private static func kind(_ verdict: PacketVerdict) -> PacketFate.Kind {
            switch verdict {
            case .reject: .reject
            case .translate: .translate
            default: .drop
            }
        }
    }
}
