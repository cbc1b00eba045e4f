internal import CIptables
internal import Glibc
internal import LinuxSystem
internal import NetworkAddress

/// The socket through which one family's tables are read and replaced. The kernel accepts the options IPT_SO_* on any
/// socket of the family and requires only CAP_NET_ADMIN; a raw socket, as in libiptc, would also need CAP_NET_RAW.
struct TableSocket: ~Copyable {
    let family: IPFamily
    private let descriptor: Int32

    init(_ family: IPFamily) throws(SystemError) {
        descriptor = try SystemCall.run("open a socket") {
            socket(family == .ipv4 ? AF_INET : AF_INET6, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        }
        self.family = family
    }

    deinit { SystemCall.close(descriptor) }

    private var level: Int32 { Int32(family == .ipv4 ? IPPROTO_IP : IPPROTO_IPV6) }

    // MARK: Reading

    /// Reads a whole table. ENOPROTOOPT or ENOENT: this kernel has no such legacy table.
    ///
    /// - Parameter storage: an array whose memory is used again; it may hold anything.
    func read(_ table: StaticString, into storage: consuming [UInt8] = []) throws(SystemError) -> RawTable {
        var storage = storage
        while true {
            let info = try info(table)
            let hooks = Self.hooks(info)
            storage = Self.zeroed(storage, count: EntryLayout.replaceHeader + Int(info.size))
            // struct ipt_get_entries is smaller than struct ipt_replace, in whose room it ends.
            let header = EntryLayout.replaceHeader - MemoryLayout<ipt_get_entries>.size
            storage.store(name: table, at: header)
            storage.store(info.size, at: header + 32)
            var length = socklen_t(storage.count - header)
            do throws(SystemError) {
                try SystemCall.run("read iptables table \(table)") {
                    unsafe storage.withUnsafeMutableBytes { buffer in
                        unsafe getsockopt(
                            descriptor, level, IPT_SO_GET_ENTRIES, buffer.baseAddress.map { unsafe $0 + header },
                            &length)
                    }
                }
                return RawTable(hooks: hooks, entryCount: Int(info.num_entries), bytes: storage)
            } catch  where error.code == EAGAIN {
                // Somebody replaced the table between the two calls.
            }
        }
    }

    /// What the kernel tells of a table for a few microseconds.
    func shape(of table: StaticString) throws(SystemError) -> TableShape {
        let info = try info(table)
        return TableShape(hooks: Self.hooks(info), entryCount: Int(info.num_entries), size: Int(info.size))
    }

    private func info(_ table: StaticString) throws(SystemError) -> ipt_getinfo {
        var info = ipt_getinfo()
        unsafe withUnsafeMutableBytes(of: &info.name) { field in
            table.withUTF8Buffer { unsafe field.copyBytes(from: $0) }
        }
        var length = socklen_t(MemoryLayout<ipt_getinfo>.size)
        try SystemCall.run("read iptables table \(table)") {
            unsafe getsockopt(descriptor, level, IPT_SO_GET_INFO, &info, &length)
        }
        return info
    }

    private static func hooks(_ info: ipt_getinfo) -> TableHooks {
        let entries = info.hook_entry
        let policies = info.underflow
        return TableHooks(
            valid: info.valid_hooks, entries: [entries.0, entries.1, entries.2, entries.3, entries.4],
            policies: [policies.0, policies.1, policies.2, policies.3, policies.4])
    }

    /// The kernel leaves gaps as they are, and they must not hold anything when tables are compared.
    private static func zeroed(_ storage: consuming [UInt8], count: Int) -> [UInt8] {
        var storage = storage
        guard storage.count == count else {
            storage.removeAll(keepingCapacity: storage.capacity >= count && storage.capacity < 2 * count)
            storage.append(contentsOf: repeatElement(0, count: count))
            return storage
        }
        unsafe storage.withUnsafeMutableBytes { buffer in
            if let start = buffer.baseAddress { unsafe memset(start, 0, buffer.count) }
        }
        return storage
    }

    /// Whether the kernel has a match of this name and revision, loading its module if need be.
    func hasMatch(_ name: StaticString, revision: UInt8) -> Bool {
        do throws(SystemError) {
            try find("\(name)", revision: revision, isTarget: false)
            return true
        } catch {
            return false
        }
    }

    /// Asks for a match or target, which loads its module if need be.
    ///
    /// - Throws: ENOENT where the kernel has none of this name, EPROTONOSUPPORT where it has an older revision only.
    func find(_ name: String, revision: UInt8, isTarget: Bool) throws(SystemError) {
        var request = xt_get_revision()
        unsafe withUnsafeMutableBytes(of: &request.name) { field in
            unsafe field.copyBytes(from: name.utf8.prefix(field.count - 1))
        }
        request.revision = revision
        var length = socklen_t(MemoryLayout<xt_get_revision>.size)
        let option =
            switch (family, isTarget) {
            case (.ipv4, false): IPT_SO_GET_REVISION_MATCH
            case (.ipv4, true): IPT_SO_GET_REVISION_TARGET
            case (.ipv6, false): IP6T_SO_GET_REVISION_MATCH
            case (.ipv6, true): IP6T_SO_GET_REVISION_TARGET
            }
        try SystemCall.run("find the \(isTarget ? "target" : "match") \(name)") {
            unsafe getsockopt(descriptor, level, option, &request, &length)
        }
    }

    // MARK: Writing

    /// Puts a table in the place of the one that the kernel has. EAGAIN: the latter does not have `oldEntryCount`
    /// entries, so somebody else wrote meanwhile.
    ///
    /// - Returns: the counters that the old table's entries had at the end, 16 bytes each.
    func replace(
        _ table: StaticString, with image: inout TableImage, oldEntryCount: Int
    ) throws(SystemError) -> [UInt8] {
        var counters = [UInt8](repeating: 0, count: oldEntryCount * EntryLayout.counterSize)
        var header = unsafe ipt_replace()
        unsafe withUnsafeMutableBytes(of: &header.name) { field in
            table.withUTF8Buffer { unsafe field.copyBytes(from: $0) }
        }
        unsafe header.valid_hooks = image.hooks.valid
        unsafe header.num_entries = UInt32(image.entryCount)
        unsafe header.size = UInt32(image.bytes.count - EntryLayout.replaceHeader)
        let (entries, policies) = (image.hooks.entries, image.hooks.policies)
        unsafe header.hook_entry = (entries[0], entries[1], entries[2], entries[3], entries[4])
        unsafe header.underflow = (policies[0], policies[1], policies[2], policies[3], policies[4])
        unsafe header.num_counters = UInt32(oldEntryCount)
        try SystemCall.run("replace iptables table \(table)") {
            unsafe counters.withUnsafeMutableBytes { old in
                unsafe header.counters = old.baseAddress?.assumingMemoryBound(to: xt_counters.self)
                return unsafe image.bytes.withUnsafeMutableBytes { new in
                    unsafe withUnsafeBytes(of: header) { unsafe new.copyMemory(from: $0) }
                    return unsafe setsockopt(
                        descriptor, level, IPT_SO_SET_REPLACE, new.baseAddress, socklen_t(new.count))
                }
            }
        }
        return counters
    }

    /// Adds to the counters of all entries, 16 bytes each.
    func addCounters(_ table: StaticString, _ counters: [UInt8]) throws(SystemError) {
        var message = [UInt8](repeating: 0, count: MemoryLayout<xt_counters_info>.size)
        message.reserveCapacity(message.count + counters.count)
        message.store(name: table, at: 0)
        message.store(UInt32(counters.count / EntryLayout.counterSize), at: 32)
        message += counters
        try SystemCall.run("add to the counters of iptables table \(table)") {
            unsafe message.withUnsafeBytes { buffer in
                unsafe setsockopt(
                    descriptor, level, IPT_SO_SET_ADD_COUNTERS, buffer.baseAddress, socklen_t(buffer.count))
            }
        }
    }
}

extension [UInt8] {
    fileprivate mutating func store(name: StaticString, at offset: Int) {
        name.withUTF8Buffer { name in
            for index in name.indices { unsafe self[offset + index] = name[index] }
        }
    }
}
