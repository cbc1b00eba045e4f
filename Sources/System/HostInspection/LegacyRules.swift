internal import CHost
internal import Glibc
public import LinuxSystem
public import NetworkAddress
public import PacketFilter

/// One of the legacy tables of iptables with all of its rules, as libiptc reads it.
public struct LegacyRules: Hashable, Sendable {
    public struct Chain: Hashable, Sendable {
        public var name: String
        /// `ACCEPT` or `DROP`; nil for user chains.
        public var policy: String?
        public var rules: [LegacyRule]
    }

    public var table: String
    public var family: IPFamily
    public var chains: [Chain]

    public init(table: String, family: IPFamily, chains: [Chain]) {
        self.table = table
        self.family = family
        self.chains = chains
    }

    public func chain(_ name: String) -> Chain? { chains.first { $0.name == name } }

    /// Reads a table; nil if this network namespace has none of this name. Reading creates no table.
    ///
    /// - Throws: EPERM without CAP_NET_ADMIN and CAP_NET_RAW.
    public static func read(_ table: String, _ family: IPFamily) throws(SystemError) -> LegacyRules? {
        let path = family == .ipv4 ? "/proc/net/ip_tables_names" : "/proc/net/ip6_tables_names"
        do throws(SystemError) {
            guard try KernelFile.read(path).split(separator: "\n").contains(Substring(table)) else { return nil }
        } catch  where error.code == ENOENT {
            return nil
        }
        let chains = try family == .ipv4 ? readIPv4(table) : readIPv6(table)
        return LegacyRules(table: table, family: family, chains: chains)
    }

    /// All tables that packets pass.
    public static func readAll(_ family: IPFamily) throws(SystemError) -> [LegacyRules] {
        var tables: [LegacyRules] = []
        for name in ["raw", "mangle", "nat", "filter", "security"] {
            if let table = try read(name, family) { tables.append(table) }
        }
        return tables
    }

    private static func readIPv4(_ table: String) throws(SystemError) -> [Chain] {
        guard let handle = unsafe iptc_init(table) else { throw SystemCall.failure("read iptables table \(table)") }
        defer { unsafe iptc_free(handle) }
        var chains: [Chain] = []
        var next = unsafe iptc_first_chain(handle)
        while let label = unsafe next {
            var chain = Chain(name: unsafe String(cString: label), policy: nil, rules: [])
            if unsafe iptc_builtin(label, handle) != 0 {
                var counters = xt_counters()
                chain.policy = unsafe iptc_get_policy(label, &counters, handle).map { unsafe String(cString: $0) }
            }
            var rule = unsafe iptc_first_rule(label, handle)
            while let entry = unsafe rule {
                let target = unsafe iptc_get_target(entry, handle).map { unsafe String(cString: $0) } ?? ""
                let bytes = unsafe Array(
                    UnsafeRawBufferPointer(start: entry, count: Int(entry.pointee.next_offset)))
                chain.rules.append(LegacyRule(bytes, .ipv4, target: target))
                unsafe rule = iptc_next_rule(entry, handle)
            }
            chains.append(chain)
            unsafe next = iptc_next_chain(handle)
        }
        return chains
    }

    private static func readIPv6(_ table: String) throws(SystemError) -> [Chain] {
        guard let handle = unsafe ip6tc_init(table) else { throw SystemCall.failure("read ip6tables table \(table)") }
        defer { unsafe ip6tc_free(handle) }
        var chains: [Chain] = []
        var next = unsafe ip6tc_first_chain(handle)
        while let label = unsafe next {
            var chain = Chain(name: unsafe String(cString: label), policy: nil, rules: [])
            if unsafe ip6tc_builtin(label, handle) != 0 {
                var counters = xt_counters()
                chain.policy = unsafe ip6tc_get_policy(label, &counters, handle).map { unsafe String(cString: $0) }
            }
            var rule = unsafe ip6tc_first_rule(label, handle)
            while let entry = unsafe rule {
                let target = unsafe ip6tc_get_target(entry, handle).map { unsafe String(cString: $0) } ?? ""
                let bytes = unsafe Array(
                    UnsafeRawBufferPointer(start: entry, count: Int(entry.pointee.next_offset)))
                chain.rules.append(LegacyRule(bytes, .ipv6, target: target))
                unsafe rule = ip6tc_next_rule(entry, handle)
            }
            chains.append(chain)
            unsafe next = ip6tc_next_chain(handle)
        }
        return chains
    }
}

extension LegacyRules {
    /// Priorities of the tables at each hook (enum nf_ip_hook_priorities).
    private static let priorities: [String: Int32] = [
        "raw": -300, "mangle": -150, "nat": -100, "filter": 0, "security": 50,
    ]

    /// The chains in the form that ``PacketWalk`` follows.
    ///
    /// - Parameter isLeftOut: chains that count as empty.
    public func packetChains(without isLeftOut: (String) -> Bool = { _ in false }) -> PacketChains {
        var result: [String: PacketChains.Chain] = [:]
        for chain in chains {
            var entry = PacketChains.Chain(rules: isLeftOut(chain.name) ? [] : chain.rules.map(\.packetRule))
            if chain.policy != nil, let hook = PacketHook(rawValue: chain.name.lowercased()) {
                let isSourceNAT = table == "nat" && (hook == .postrouting || hook == .input)
                entry.base = PacketChains.Base(
                    hook: hook, priority: isSourceNAT ? 100 : Self.priorities[table] ?? 0, isNAT: table == "nat",
                    dropsByDefault: chain.policy == "DROP")
            }
            result[chain.name] = entry
        }
        return PacketChains(name: "\(family == .ipv4 ? "iptables" : "ip6tables") table \(table)", chains: result)
    }
}
