internal import CNftables
import Glibc
package import LinuxSystem
package import NetworkAddress

/// Turns rules into netlink messages and back, with libnftnl.
package enum RuleCodec {
    /// One rule of libnftnl; frees it with its expressions.
    @safe
    private struct Handle: ~Copyable {
        let rule: OpaquePointer

        init() throws(SystemError) {
            guard let rule = unsafe nftnl_rule_alloc() else {
                throw SystemError("build nftables rule", code: ENOMEM)
            }
            unsafe self.rule = unsafe rule
        }

        deinit { unsafe nftnl_rule_free(rule) }
    }

    /// A complete NFT_MSG_NEWRULE that appends the rule to its chain.
    static func message(
        for rule: Rule, chain: String, table: String, family: IPFamily, sequence: UInt32
    ) throws(SystemError) -> [UInt8] {
        let handle = try Handle()
        unsafe nftnl_rule_set_u32(handle.rule, UInt16(NFTNL_RULE_FAMILY.rawValue), UInt32(family.netfilterNumber))
        unsafe nftnl_rule_set_str(handle.rule, UInt16(NFTNL_RULE_TABLE.rawValue), table)
        unsafe nftnl_rule_set_str(handle.rule, UInt16(NFTNL_RULE_CHAIN.rawValue), chain)
        if let comment = rule.comment {
            let userdata = Userdata.comment(comment, type: 0)
            unsafe nftnl_rule_set_data(
                handle.rule, UInt16(NFTNL_RULE_USERDATA.rawValue), userdata, UInt32(userdata.count))
        }
        for expression in rule.expressions {
            unsafe nftnl_rule_add_expr(handle.rule, try make(expression, family))
        }
        // libnftnl does not check the room; the longest rule here needs about 1 KB.
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        let length = unsafe buffer.withUnsafeMutableBytes { raw -> Int in
            guard let base = raw.baseAddress, let header = unsafe mnl_nlmsg_put_header(base) else { return 0 }
            unsafe header.pointee.nlmsg_type = UInt16(NFNL_SUBSYS_NFTABLES) << 8 | UInt16(NFT_MSG_NEWRULE.rawValue)
            unsafe header.pointee.nlmsg_flags = UInt16(NLM_F_REQUEST | NLM_F_CREATE | NLM_F_APPEND)
            unsafe header.pointee.nlmsg_seq = sequence
            let extra = unsafe mnl_nlmsg_put_extra_header(header, MemoryLayout<nfgenmsg>.size)
            unsafe extra?.assumingMemoryBound(to: nfgenmsg.self).pointee.nfgen_family = family.netfilterNumber
            unsafe nftnl_rule_nlmsg_build_payload(header, handle.rule)
            return Int(unsafe header.pointee.nlmsg_len)
        }
        return Array(buffer.prefix(length))
    }

    /// What the rule does, in the words of libnftnl: equal for rules with equal expressions, however they were made.
    package static func signature(of rule: Rule, family: IPFamily) throws(SystemError) -> String {
        let handle = try Handle()
        for expression in rule.expressions {
            unsafe nftnl_rule_add_expr(handle.rule, try make(expression, family))
        }
        return unsafe signature(handle.rule)
    }

    /// Chain and signature of a rule that the kernel sent (a whole NFT_MSG_NEWRULE); nil if libnftnl cannot read it.
    static func parse(message: [UInt8]) throws(SystemError) -> (chain: String, signature: String)? {
        let handle = try Handle()
        let parsed = unsafe message.withUnsafeBytes { raw in
            guard let header = unsafe raw.baseAddress?.assumingMemoryBound(to: nlmsghdr.self) else { return false }
            return unsafe nftnl_rule_nlmsg_parse(header, handle.rule) == 0
        }
        guard parsed, let chain = unsafe nftnl_rule_get_str(handle.rule, UInt16(NFTNL_RULE_CHAIN.rawValue)) else {
            return nil
        }
        return (unsafe String(cString: chain), unsafe signature(handle.rule))
    }

    @unsafe
    private static func signature(_ rule: OpaquePointer) -> String {
        guard let iterator = unsafe nftnl_expr_iter_create(rule) else { return "" }
        defer { unsafe nftnl_expr_iter_destroy(iterator) }
        var parts: [String] = []
        var buffer = [CChar](repeating: 0, count: 4096)
        while let expression = unsafe nftnl_expr_iter_next(iterator) {
            let name = unsafe nftnl_expr_get_str(expression, UInt16(NFTNL_EXPR_NAME)).map { unsafe String(cString: $0) }
            let count = unsafe nftnl_expr_snprintf(
                &buffer, buffer.count, expression, UInt32(NFTNL_OUTPUT_DEFAULT.rawValue), 0)
            let text = buffer.prefix(max(0, min(Int(count), buffer.count - 1))).map { UInt8(bitPattern: $0) }
            parts.append("\(name ?? "") \(normalized(String(decoding: text, as: UTF8.self)))")
        }
        return parts.joined(separator: "; ")
    }

    /// Leaves out what kernels add to what they were given: ends of ranges that are their begins, flags that follow
    /// from the rest, zero flags and timeouts.
    private static func normalized(_ text: String) -> String {
        var words = text.split(separator: " ")
        for name in ["addr_max", "proto_max"] {
            if let index = words.firstIndex(of: Substring(name)) {
                words.removeSubrange(index..<min(index + 3, words.count))
            }
        }
        if words.first == "dnat", let index = words.firstIndex(of: "flags") { words.removeSubrange(index...) }
        if words.suffix(2) == ["timeout", "0ms"] { words.removeLast(2) }
        if words.last == "0x0" { words.removeLast() }
        return words.joined(separator: " ")
    }
}

extension IPFamily {
    /// NFPROTO_IPV4 or NFPROTO_IPV6 (linux/netfilter.h).
    var netfilterNumber: UInt8 { self == .ipv4 ? 2 : 10 }
}
