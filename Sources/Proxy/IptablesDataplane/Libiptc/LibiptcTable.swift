internal import CIptables
internal import LinuxSystem
internal import NetworkAddress

/// One table of the kernel as libiptc holds it, from reading to commit. libiptc cannot continue with a table after a
/// commit that changes the number of rules, so each commit has its own.
@safe
struct LibiptcTable: ~Copyable {
    private let family: IPFamily
    private let name: String
    private let handle: OpaquePointer

    /// Reads the table.
    /// - Throws: ENOENT, ENOPROTOOPT: this kernel has no such legacy table; EPERM without CAP_NET_RAW.
    init(_ name: StaticString, _ family: IPFamily) throws(SystemError) {
        let text = "\(name)"
        let opened = unsafe family == .ipv4 ? iptc_init(text) : ip6tc_init(text)
        guard let opened = unsafe opened else { throw SystemCall.failure("read iptables table \(text)") }
        unsafe handle = unsafe opened
        self.name = text
        self.family = family
    }

    deinit {
        if family == .ipv4 { unsafe iptc_free(handle) } else { unsafe ip6tc_free(handle) }
    }

    /// libiptc answers 1 for success and 0, with errno set, for a failure.
    private func call(
        _ what: @autoclosure () -> String, _ ipv4: () -> Int32, _ ipv6: () -> Int32
    ) throws(SystemError) {
        try SystemCall.run("\(what()) in iptables table \(name)") { (family == .ipv4 ? ipv4() : ipv6()) - 1 }
    }

    /// Carries out one step of the way to a table, in memory.
    ///
    /// - Parameter counters: what a rule begins with: 16 bytes; nil: zero.
    func carryOut(_ edit: TableEdit, of wanted: TableImage, counters: (_ position: Int) -> ArraySlice<UInt8>?)
        throws(SystemError)
    {
        switch edit {
        case .createChain(let chain):
            let label = chain.description
            try call("make chain \(label)") {
                unsafe iptc_create_chain(label, handle)
            } _: {
                unsafe ip6tc_create_chain(label, handle)
            }
        case .deleteChain(let chain):
            let label = chain.description
            try call("delete chain \(label)") {
                unsafe iptc_delete_chain(label, handle)
            } _: {
                unsafe ip6tc_delete_chain(label, handle)
            }
        case .deleteRule(let chain, let index):
            let label = chain.description
            try call("delete rule \(index + 1) of chain \(label)") {
                unsafe iptc_delete_num_entry(label, UInt32(index), handle)
            } _: {
                unsafe ip6tc_delete_num_entry(label, UInt32(index), handle)
            }
        case .insertRule(let chain, let index, let position):
            try insert(wanted.libiptcRule(at: position, counters: counters(position)), chain.description, index)
        }
    }

    private func insert(_ rule: [UInt8], _ label: String, _ index: Int) throws(SystemError) {
        try call("insert rule \(index + 1) of chain \(label)") {
            unsafe rule.withUnsafeBytes { bytes in
                unsafe iptc_insert_entry(
                    label, bytes.baseAddress?.assumingMemoryBound(to: ipt_entry.self), UInt32(index), handle)
            }
        } _: {
            unsafe rule.withUnsafeBytes { bytes in
                unsafe ip6tc_insert_entry(
                    label, bytes.baseAddress?.assumingMemoryBound(to: ip6t_entry.self), UInt32(index), handle)
            }
        }
    }

    /// Puts the table in the place of the kernel's, with the counters of all rules that stay.
    /// - Throws: EAGAIN if somebody else wrote since it was read.
    consuming func commit() throws(SystemError) {
        try call("commit") {
            unsafe iptc_commit(handle)
        } _: {
            unsafe ip6tc_commit(handle)
        }
    }
}
