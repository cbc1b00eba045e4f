internal import CNftables
internal import Glibc
internal import LinuxSystem
internal import NetworkAddress
internal import PacketFilter

/// The kernel's nf_tables messages as libnftnl parses them, for code that checks what other code wrote.
enum LibnftnlReader {
    /// A request for all objects of a kind; family 0: of all families.
    static func dump(_ type: nf_tables_msg_types, family: UInt8, sequence: UInt32) -> [UInt8] {
        unsafe message(type, family: family, flags: UInt16(NLM_F_DUMP), sequence: sequence) { _ in }
    }

    static func message(
        _ type: nf_tables_msg_types, family: UInt8, flags: UInt16, sequence: UInt32,
        _ body: (UnsafeMutablePointer<nlmsghdr>) -> Void
    ) -> [UInt8] {
        var buffer = [CChar](repeating: 0, count: 16 * 1024)
        let length = unsafe buffer.withUnsafeMutableBufferPointer { raw -> Int in
            guard let base = raw.baseAddress,
                let header = unsafe nftnl_nlmsg_build_hdr(
                    base, UInt16(type.rawValue), UInt16(family), flags, sequence)
            else { return 0 }
            unsafe body(header)
            return Int(unsafe header.pointee.nlmsg_len)
        }
        return buffer.prefix(length).map { UInt8(bitPattern: $0) }
    }

    /// Hands a message to libnftnl, which ends the process over one that has not the form that it expects.
    @unsafe
    static func parse(
        _ message: ArraySlice<UInt8>, _ type: nf_tables_msg_types, _ body: (UnsafePointer<nlmsghdr>) -> Int32
    ) -> Bool {
        // A slice of the socket's buffer need not be aligned.
        let copy = Array(message)
        return unsafe copy.withUnsafeBytes { raw in
            guard raw.count >= 20, let header = unsafe raw.baseAddress?.assumingMemoryBound(to: nlmsghdr.self),
                unsafe Int(header.pointee.nlmsg_len) == raw.count,
                unsafe header.pointee.nlmsg_type == UInt16(NFNL_SUBSYS_NFTABLES) << 8 | UInt16(type.rawValue)
            else { return false }
            return unsafe body(header) == 0
        }
    }

    static func table(_ message: ArraySlice<UInt8>) -> RulesetListing.Table? {
        guard let object = try? NftablesObject.table(),
            unsafe parse(message, NFT_MSG_NEWTABLE, { unsafe nftnl_table_nlmsg_parse($0, object.pointer) }),
            let name = unsafe text(nftnl_table_get_str(object.pointer, UInt16(NFTNL_TABLE_NAME.rawValue))),
            let family = Ruleset.Family(
                rawValue: UInt8(
                    truncatingIfNeeded: unsafe nftnl_table_get_u32(
                        object.pointer, UInt16(NFTNL_TABLE_FAMILY.rawValue))))
        else { return nil }
        let flags = unsafe nftnl_table_get_u32(object.pointer, UInt16(NFTNL_TABLE_FLAGS.rawValue))
        return RulesetListing.Table(family: family, name: name, isDormant: flags & 1 != 0)
    }

    static func chain(_ message: ArraySlice<UInt8>) -> RulesetListing.Chain? {
        guard let object = try? NftablesObject.chain(),
            unsafe parse(message, NFT_MSG_NEWCHAIN, { unsafe nftnl_chain_nlmsg_parse($0, object.pointer) }),
            let name = unsafe text(nftnl_chain_get_str(object.pointer, UInt16(NFTNL_CHAIN_NAME.rawValue))),
            let table = unsafe text(nftnl_chain_get_str(object.pointer, UInt16(NFTNL_CHAIN_TABLE.rawValue)))
        else { return nil }
        func number(_ attribute: some BinaryInteger) -> UInt32? {
            unsafe nftnl_chain_is_set(object.pointer, UInt16(attribute))
                ? unsafe nftnl_chain_get_u32(object.pointer, UInt16(attribute)) : nil
        }
        guard let family = number(NFTNL_CHAIN_FAMILY.rawValue).flatMap({ Ruleset.Family(rawValue: UInt8($0 & 0xFF)) })
        else { return nil }
        var chain = RulesetListing.Chain(family: family, table: table, name: name)
        guard let hook = number(NFTNL_CHAIN_HOOKNUM.rawValue) else { return chain }
        chain.dropsByDefault = number(NFTNL_CHAIN_POLICY.rawValue) == UInt32(NF_DROP)
        let type = unsafe text(nftnl_chain_get_str(object.pointer, UInt16(NFTNL_CHAIN_TYPE.rawValue))) ?? ""
        let priority = unsafe nftnl_chain_get_s32(object.pointer, UInt16(NFTNL_CHAIN_PRIO.rawValue))
        guard let place = BaseChain.Hook(rawValue: hook) else {
            chain.isOfAnotherKind = true
            return chain
        }
        // Chains of the type route filter, too, and have packets routed anew.
        chain.base = BaseChain(kind: type == "nat" ? .nat : .filter, hook: place, priority: priority)
        chain.isOfAnotherKind = BaseChain.Kind(rawValue: type) == nil
        return chain
    }

    /// The chain's place, as family, table and name, and the rule.
    static func rule(_ message: ArraySlice<UInt8>) -> (place: String, rule: RulesetListing.ListedRule)? {
        guard let object = try? NftablesObject.rule(),
            unsafe parse(message, NFT_MSG_NEWRULE, { unsafe nftnl_rule_nlmsg_parse($0, object.pointer) }),
            let chain = unsafe text(nftnl_rule_get_str(object.pointer, UInt16(NFTNL_RULE_CHAIN.rawValue))),
            let table = unsafe text(nftnl_rule_get_str(object.pointer, UInt16(NFTNL_RULE_TABLE.rawValue)))
        else { return nil }
        let family = unsafe nftnl_rule_get_u32(object.pointer, UInt16(NFTNL_RULE_FAMILY.rawValue))
        var length: UInt32 = 0
        var comment: String?
        if let data = unsafe nftnl_rule_get_data(object.pointer, UInt16(NFTNL_RULE_USERDATA.rawValue), &length) {
            let bytes = unsafe Array(UnsafeRawBufferPointer(start: data, count: Int(length)))
            comment = Userdata.comment(in: bytes[...], type: 0)
        }
        var interpreter = RuleInterpreter(family: Ruleset.Family(rawValue: UInt8(family & 0xFF)) ?? .inet)
        let signature = unsafe RuleCodec.signature(object.pointer) { unsafe interpreter.take($0, $1) }
        return (
            "\(family) \(table) \(chain)",
            RulesetListing.ListedRule(
                handle: unsafe nftnl_rule_get_u64(object.pointer, UInt16(NFTNL_RULE_HANDLE.rawValue)),
                comment: comment, signature: signature, rule: interpreter.rule)
        )
    }

    @unsafe
    static func text(_ pointer: UnsafePointer<CChar>?) -> String? { unsafe pointer.map { unsafe String(cString: $0) } }
}
