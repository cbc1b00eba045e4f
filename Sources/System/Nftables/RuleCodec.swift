internal import CNftables
import Glibc
package import LinuxSystem
package import NetworkAddress

/// Turns rules into netlink messages and back, with libnftnl.
package enum RuleCodec {
    /// The rule of libnftnl, with what names its chain.
    static func object(
        for rule: Rule, chain: String, table: String, family: IPFamily
    ) throws(SystemError) -> NftablesObject {
        let object = try NftablesObject.rule()
        unsafe nftnl_rule_set_str(object.pointer, UInt16(NFTNL_RULE_TABLE.rawValue), table)
        unsafe nftnl_rule_set_str(object.pointer, UInt16(NFTNL_RULE_CHAIN.rawValue), chain)
        if let comment = rule.comment {
            let userdata = Userdata.comment(comment, type: 0)
            unsafe nftnl_rule_set_data(
                object.pointer, UInt16(NFTNL_RULE_USERDATA.rawValue), userdata, UInt32(userdata.count))
        }
        for expression in rule.expressions {
            unsafe nftnl_rule_add_expr(object.pointer, try make(expression, family))
        }
        return object
    }

    /// The rule in libnftnl's text form: equal for rules with equal expressions, however they were made.
    package static func signature(of rule: Rule, family: IPFamily) throws(SystemError) -> String {
        let object = try NftablesObject.rule()
        for expression in rule.expressions {
            unsafe nftnl_rule_add_expr(object.pointer, try make(expression, family))
        }
        return unsafe signature(object.pointer)
    }

    /// Chain and signature of a rule that the kernel sent (a whole NFT_MSG_NEWRULE); nil if libnftnl cannot read it.
    static func parse(message: [UInt8]) throws(SystemError) -> (chain: String, signature: String)? {
        let object = try NftablesObject.rule()
        let parsed = unsafe message.withUnsafeBytes { raw in
            guard let header = unsafe raw.baseAddress?.assumingMemoryBound(to: nlmsghdr.self) else { return false }
            return unsafe nftnl_rule_nlmsg_parse(header, object.pointer) == 0
        }
        guard parsed, let chain = unsafe nftnl_rule_get_str(object.pointer, UInt16(NFTNL_RULE_CHAIN.rawValue)) else {
            return nil
        }
        return (unsafe String(cString: chain), unsafe signature(object.pointer))
    }

    /// - Parameter body: takes each expression with its name.
    @unsafe
    static func signature(_ rule: OpaquePointer, _ body: (OpaquePointer, String) -> Void = { _, _ in }) -> String {
        guard let iterator = unsafe nftnl_expr_iter_create(rule) else { return "" }
        defer { unsafe nftnl_expr_iter_destroy(iterator) }
        var parts: [String] = []
        var buffer = [CChar](repeating: 0, count: 4096)
        while let expression = unsafe nftnl_expr_iter_next(iterator) {
            let name = unsafe nftnl_expr_get_str(expression, UInt16(NFTNL_EXPR_NAME)).map { unsafe String(cString: $0) }
            let count = unsafe nftnl_expr_snprintf(
                &buffer, buffer.count, expression, UInt32(NFTNL_OUTPUT_DEFAULT.rawValue), 0)
            unsafe body(expression, name ?? "")
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
