internal import CNftables
package import LinuxSystem
package import NetworkAddress

/// A transaction ready to be sent.
package struct Transaction: Sendable {
    package var bytes: [UInt8]
    package var messageCount: Int
}

/// Encodes a plan as one nf_tables transaction, with libnftnl. The kernel applies it whole or not at all.
package struct TransactionEncoder: ~Copyable {
    /// Elements go into one message until it has this size; the limit of a nested attribute is 64 KB.
    private static let elementBytesPerMessage = 56 * 1024

    private let family: IPFamily
    private let table: String
    private let layout: TableLayout
    private var batch: NftablesBatch

    /// - Parameters:
    ///   - generation: the kernel rejects the transaction (ERESTART) if the ruleset has another generation by then.
    ///   - isRehearsal: leaves out the end; the kernel then checks the messages and throws them away.
    ///   - givesSizes: whether large sets are made with a size (see ``SetSize``).
    /// - Throws: ENOMEM, ENOTSUP for an expression that this libnftnl does not know.
    package static func encode(
        _ plan: consuming Plan, family: IPFamily, table: String, layout: TableLayout, firstSequence: UInt32,
        generation: UInt32? = nil, isRehearsal: Bool = false, givesSizes: Bool = false
    ) throws(SystemError) -> Transaction {
        let elementCount = plan.addedElements.values.reduce(0) { $0 + $1.count }
        var encoder = TransactionEncoder(
            family: family, table: table, layout: layout,
            batch: try NftablesBatch(
                reservingCapacity: 4096 + elementCount * 96, family: family, firstSequence: firstSequence))
        encoder.batch.begin(generation: generation)
        try encoder.encode(plan, givesSizes: givesSizes)
        if !isRehearsal { encoder.batch.end() }
        return Transaction(bytes: encoder.batch.bytes, messageCount: encoder.batch.messageCount)
    }

    private mutating func encode(_ plan: consuming Plan, givesSizes: Bool) throws(SystemError) {
        if plan.replacesTable {
            // Adding first makes deleting succeed whether or not the table is there.
            try addTable()
            try removeTable()
        }
        // A table that is not there is an error, and nothing that others would hear of.
        if plan.removesTable { try removeTable() }
        if plan.replacesTable || plan.addsTable { try addTable() }
        for (index, set) in plan.addedSets.enumerated() {
            let hint = givesSizes ? SetSize.hint(set, count: plan.addedElements[set.name]?.count ?? 0) : nil
            try add(set, id: UInt32(index + 1), size: hint ?? set.size)
            if hint != nil { try add(set, id: UInt32(index + 1), size: SetSize.noLimit) }
        }
        for chain in plan.addedChains { try add(chain) }
        for chain in plan.rewrittenChains { try flush(chain.name) }
        for chain in plan.addedChains + plan.rewrittenChains {
            for rule in chain.rules { try add(rule, to: chain.name) }
        }
        for set in plan.deletedElements.keys.sorted() {
            try elements(NFT_MSG_DELSETELEM, plan.deletedElements[set] ?? [], set)
        }
        for set in plan.addedElements.keys.sorted() {
            try elements(NFT_MSG_NEWSETELEM, plan.addedElements.removeValue(forKey: set) ?? [], set)
        }
        // Rules may refer to sets, and elements of sets to chains.
        for chain in plan.deletedChains { try flush(chain) }
        for set in plan.deletedSets { try remove(set: set) }
        for chain in plan.deletedChains { try remove(chain: chain) }
    }

    // MARK: Tables, chains and rules

    private mutating func addTable() throws(SystemError) {
        let object = try NftablesObject.table()
        unsafe nftnl_table_set_str(object.pointer, UInt16(NFTNL_TABLE_NAME.rawValue), table)
        if layout.endsWithSocket {
            unsafe nftnl_table_set_u32(
                object.pointer, UInt16(NFTNL_TABLE_FLAGS.rawValue), NFT_TABLE_F_OWNER.rawValue)
        }
        let userdata = Userdata.comment(layout.comment, type: 0)
        unsafe nftnl_table_set_data(
            object.pointer, UInt16(NFTNL_TABLE_USERDATA.rawValue), userdata, UInt32(userdata.count))
        unsafe batch.message(NFT_MSG_NEWTABLE, flags: NLM_F_CREATE) {
            unsafe nftnl_table_nlmsg_build_payload($0, object.pointer)
        }
    }

    private mutating func removeTable() throws(SystemError) {
        let object = try NftablesObject.table()
        unsafe nftnl_table_set_str(object.pointer, UInt16(NFTNL_TABLE_NAME.rawValue), table)
        unsafe batch.message(NFT_MSG_DELTABLE) { unsafe nftnl_table_nlmsg_build_payload($0, object.pointer) }
    }

    private func chain(_ name: String) throws(SystemError) -> NftablesObject {
        let object = try NftablesObject.chain()
        unsafe nftnl_chain_set_str(object.pointer, UInt16(NFTNL_CHAIN_TABLE.rawValue), table)
        unsafe nftnl_chain_set_str(object.pointer, UInt16(NFTNL_CHAIN_NAME.rawValue), name)
        return object
    }

    private mutating func add(_ chain: ChainDefinition) throws(SystemError) {
        let object = try self.chain(chain.name)
        if let base = chain.base {
            unsafe nftnl_chain_set_str(object.pointer, UInt16(NFTNL_CHAIN_TYPE.rawValue), base.kind.rawValue)
            unsafe nftnl_chain_set_u32(object.pointer, UInt16(NFTNL_CHAIN_HOOKNUM.rawValue), base.hook.rawValue)
            unsafe nftnl_chain_set_s32(object.pointer, UInt16(NFTNL_CHAIN_PRIO.rawValue), base.priority)
            unsafe nftnl_chain_set_u32(object.pointer, UInt16(NFTNL_CHAIN_POLICY.rawValue), UInt32(NF_ACCEPT))
        }
        unsafe batch.message(NFT_MSG_NEWCHAIN, flags: NLM_F_CREATE) {
            unsafe nftnl_chain_nlmsg_build_payload($0, object.pointer)
        }
    }

    private mutating func remove(chain name: String) throws(SystemError) {
        let object = try chain(name)
        unsafe batch.message(NFT_MSG_DELCHAIN) { unsafe nftnl_chain_nlmsg_build_payload($0, object.pointer) }
    }

    private mutating func add(_ rule: Rule, to chain: String) throws(SystemError) {
        let object = try RuleCodec.object(for: rule, chain: chain, table: table, family: family)
        unsafe batch.message(NFT_MSG_NEWRULE, flags: NLM_F_CREATE | NLM_F_APPEND) {
            unsafe nftnl_rule_nlmsg_build_payload($0, object.pointer)
        }
    }

    /// A rule without a handle means all rules of its chain.
    private mutating func flush(_ chain: String) throws(SystemError) {
        let object = try NftablesObject.rule()
        unsafe nftnl_rule_set_str(object.pointer, UInt16(NFTNL_RULE_TABLE.rawValue), table)
        unsafe nftnl_rule_set_str(object.pointer, UInt16(NFTNL_RULE_CHAIN.rawValue), chain)
        unsafe batch.message(NFT_MSG_DELRULE) { unsafe nftnl_rule_nlmsg_build_payload($0, object.pointer) }
    }

    // MARK: Sets

    private func set(_ name: String) throws(SystemError) -> NftablesObject {
        let object = try NftablesObject.set()
        unsafe nftnl_set_set_str(object.pointer, UInt16(NFTNL_SET_TABLE.rawValue), table)
        unsafe nftnl_set_set_str(object.pointer, UInt16(NFTNL_SET_NAME.rawValue), name)
        return object
    }

    private mutating func add(_ set: SetDefinition, id: UInt32, size: UInt32) throws(SystemError) {
        let object = try self.set(set.name.rawValue)
        func put(_ attribute: nftnl_set_attr, _ value: UInt32) {
            unsafe nftnl_set_set_u32(object.pointer, UInt16(attribute.rawValue), value)
        }
        func put(_ attribute: nftnl_set_attr, _ bytes: [UInt8]) {
            unsafe nftnl_set_set_data(object.pointer, UInt16(attribute.rawValue), bytes, UInt32(bytes.count))
        }
        put(NFTNL_SET_FLAGS, set.kernelFlags)
        put(NFTNL_SET_KEY_TYPE, set.keyType(family))
        put(NFTNL_SET_KEY_LEN, UInt32(set.keyLength(family)))
        if set.value != .none {
            put(NFTNL_SET_DATA_TYPE, set.dataType(family))
            put(NFTNL_SET_DATA_LEN, UInt32(set.valueLength(family)))
        }
        put(NFTNL_SET_ID, id)
        if size > 0 { put(NFTNL_SET_DESC_SIZE, size) }
        if set.isInterval, set.key.count > 1 {
            put(NFTNL_SET_DESC_CONCAT, set.key.map { UInt8($0.length(family)) })
        }
        put(NFTNL_SET_USERDATA, set.userdata)
        unsafe batch.message(NFT_MSG_NEWSET, flags: NLM_F_CREATE) {
            unsafe nftnl_set_nlmsg_build_payload($0, object.pointer)
        }
    }

    private mutating func remove(set name: String) throws(SystemError) {
        let object = try set(name)
        unsafe batch.message(NFT_MSG_DELSET) { unsafe nftnl_set_nlmsg_build_payload($0, object.pointer) }
    }

    // MARK: Elements

    private mutating func elements(
        _ type: nf_tables_msg_types, _ elements: consuming ElementList, _ name: SetName
    ) throws(SystemError) {
        guard let set = layout[name] else { return }
        let isDeleted = type == NFT_MSG_DELSETELEM
        var builder = try ElementBuilder(set, family, isDeleted: isDeleted)
        var rest = elements
        var piece = (rest.takePiece() ?? [])[...]
        let table = table
        while !piece.isEmpty {
            unsafe batch.message(type, flags: isDeleted ? 0 : NLM_F_CREATE | NLM_F_EXCL) { header in
                unsafe mnl_attr_put_strz(header, UInt16(NFTA_SET_ELEM_LIST_TABLE.rawValue), table)
                unsafe mnl_attr_put_strz(header, UInt16(NFTA_SET_ELEM_LIST_SET.rawValue), name.rawValue)
                let list = unsafe mnl_attr_nest_start(header, UInt16(NFTA_SET_ELEM_LIST_ELEMENTS.rawValue))
                while unsafe Int(header.pointee.nlmsg_len) < Self.elementBytesPerMessage, let element = piece.first {
                    unsafe builder.write(element, to: header)
                    piece.removeFirst()
                    guard piece.isEmpty, let next = rest.takePiece() else { continue }
                    piece = next[...]
                }
                unsafe mnl_attr_nest_end(header, list)
            }
        }
    }
}
