internal import CHost
internal import Glibc
public import LinuxSystem
public import NetworkAddress

/// One of the legacy tables of iptables as libiptc reads it: names, policies and numbers, not the rules themselves.
public struct LegacyTable: Hashable, Sendable {
    public struct Chain: Hashable, Sendable {
        public var name: String
        /// `ACCEPT` or `DROP`; nil for user chains.
        public var policy: String?
        public var ruleCount: Int
        /// Whether the last rule drops or rejects every packet that reaches it.
        public var endsInDrop: Bool

        public init(name: String, policy: String? = nil, ruleCount: Int = 0, endsInDrop: Bool = false) {
            self.name = name
            self.policy = policy
            self.ruleCount = ruleCount
            self.endsInDrop = endsInDrop
        }
    }

    /// `filter`, `nat`, ...
    public var name: String
    public var family: IPFamily
    public var chains: [Chain]

    public init(name: String, family: IPFamily, chains: [Chain]) {
        self.name = name
        self.family = family
        self.chains = chains
    }

    /// The tables of this network namespace. Reading creates no table.
    ///
    /// - Throws: EPERM without CAP_NET_ADMIN and CAP_NET_RAW, EACCES where this process may not read the list of
    ///   tables.
    public static func all(_ family: IPFamily) throws(SystemError) -> [LegacyTable] {
        let path = family == .ipv4 ? "/proc/net/ip_tables_names" : "/proc/net/ip6_tables_names"
        let names: String
        do throws(SystemError) {
            names = try KernelFile.read(path)
        } catch  where error.code == ENOENT {
            // The kernel has no legacy tables at all, or their module is not loaded.
            return []
        }
        var tables: [LegacyTable] = []
        for name in Set(names.split(separator: "\n").map(String.init)).sorted() {
            tables.append(try family == .ipv4 ? IPv4TableReader.read(name) : IPv6TableReader.read(name))
        }
        return tables
    }
}

/// libiptc has the same functions for each family, under two names.
private enum IPv4TableReader {
    static func read(_ name: String) throws(SystemError) -> LegacyTable {
        guard let handle = unsafe iptc_init(name) else {
            throw SystemCall.failure("read iptables table \(name)")
        }
        defer { unsafe iptc_free(handle) }
        var chains: [LegacyTable.Chain] = []
        var next = unsafe iptc_first_chain(handle)
        while let label = unsafe next {
            var chain = LegacyTable.Chain(name: unsafe String(cString: label))
            if unsafe iptc_builtin(label, handle) != 0 {
                var counters = xt_counters()
                chain.policy = unsafe iptc_get_policy(label, &counters, handle).map { unsafe String(cString: $0) }
            }
            var rule = unsafe iptc_first_rule(label, handle)
            while let entry = unsafe rule {
                chain.ruleCount += 1
                let target = unsafe iptc_get_target(entry, handle).map { unsafe String(cString: $0) } ?? ""
                let size = MemoryLayout<ipt_entry>.size
                let isOfAll = unsafe Int(entry.pointee.target_offset) == size && isZero(entry.pointee.ip)
                chain.endsInDrop = isOfAll && (target == "DROP" || target == "REJECT")
                unsafe rule = iptc_next_rule(entry, handle)
            }
            chains.append(chain)
            unsafe next = iptc_next_chain(handle)
        }
        return LegacyTable(name: name, family: .ipv4, chains: chains)
    }
}

private enum IPv6TableReader {
    static func read(_ name: String) throws(SystemError) -> LegacyTable {
        guard let handle = unsafe ip6tc_init(name) else {
            throw SystemCall.failure("read ip6tables table \(name)")
        }
        defer { unsafe ip6tc_free(handle) }
        var chains: [LegacyTable.Chain] = []
        var next = unsafe ip6tc_first_chain(handle)
        while let label = unsafe next {
            var chain = LegacyTable.Chain(name: unsafe String(cString: label))
            if unsafe ip6tc_builtin(label, handle) != 0 {
                var counters = xt_counters()
                chain.policy = unsafe ip6tc_get_policy(label, &counters, handle).map { unsafe String(cString: $0) }
            }
            var rule = unsafe ip6tc_first_rule(label, handle)
            while let entry = unsafe rule {
                chain.ruleCount += 1
                let target = unsafe ip6tc_get_target(entry, handle).map { unsafe String(cString: $0) } ?? ""
                let size = MemoryLayout<ip6t_entry>.size
                let isOfAll = unsafe Int(entry.pointee.target_offset) == size && isZero(entry.pointee.ipv6)
                chain.endsInDrop = isOfAll && (target == "DROP" || target == "REJECT")
                unsafe rule = ip6tc_next_rule(entry, handle)
            }
            chains.append(chain)
            unsafe next = ip6tc_next_chain(handle)
        }
        return LegacyTable(name: name, family: .ipv6, chains: chains)
    }
}

/// A rule whose own fields are all zero matches every packet.
private func isZero(_ fields: some Any) -> Bool {
    unsafe withUnsafeBytes(of: fields) { unsafe $0.allSatisfy { $0 == 0 } }
}
