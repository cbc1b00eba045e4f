internal import CNftables
package import NetworkAddress

/// The transactions of ``TransactionEncoder``, with every message built by libnftnl in a batch of libmnl: a subject of
/// the benchmark beside ours.
package struct LibnftnlEncoder: ~Copyable {
    /// Elements go into one message until it has this size; the limit of a nested attribute is 64 KB.
    private static let elementBytesPerMessage = 56 * 1024

    private let family: IPFamily
    private let table: String
    private let layout: TableLayout
    private var batch: NftablesBatch

    /// - Throws: ENOMEM, ENOTSUP for what this libnftnl does not know.
    package static func encode(
        _ plan: consuming Plan, family: IPFamily, table: String, layout: TableLayout, firstSequence: UInt32,
        givesSizes: Bool = false
    ) throws -> Transaction {
        var encoder = try LibnftnlEncoder(plan, family: family, table: table, layout: layout, first: firstSequence)
        try encoder.batch.begin()
        try encoder.encode(plan, givesSizes: givesSizes)
        try encoder.batch.end()
        return Transaction(bytes: encoder.batch.bytes, messageCount: encoder.batch.messageCount)
    }

    private init(
        _ plan: borrowing Plan, family: IPFamily, table: String, layout: TableLayout, first: UInt32
    ) throws {
        self.family = family
        self.table = table
        self.layout = layout
        let elements = (plan.addedElements.values.map(\.count) + plan.deletedElements.values.map(\.count)).reduce(0, +)
        batch = try NftablesBatch(
            capacity: (plan.addedCount + plan.deletedCount - elements) * 4096 + elements * 512 + 1 << 17,
            family: family, firstSequence: first)
    }

    private mutating func encode(_ plan: consuming Plan, givesSizes: Bool) throws {
        if plan.replacesTable || plan.removesTable {
            // Adding first makes deleting succeed whether or not the table is there.
            try addTable()
            try removeTable()
        }
        if plan.replacesTable || plan.addsTable { try addTable() }
        for (index, set) in plan.addedSets.enumerated() {
            let hint = givesSizes ? SetSize.hint(set, count: plan.addedElements[set.name]?.count ?? 0) : nil
            try add(set, id: UInt32(index + 1), size: hint ?? set.size)
            if hint != nil { try add(set, id: UInt32(index + 1), size: SetSize.noLimit) }
        }
        for chain in plan.addedChains { try add(chain) }
        for chain in plan.rewrittenChains { try flush(chain.name) }
        for chain in plan.addedChains + plan.rewrittenChains {
            for rule in chain.rules {
                let (family, table) = (family, table)
                try batch.append { sequence in
                    try RuleCodec.message(
                        for: rule, chain: chain.name, table: table, family: family, sequence: sequence)
                }
            }
        }
        for set in plan.deletedElements.keys.sorted() {
            try elements(NFT_MSG_DELSETELEM, plan.deletedElements[set] ?? [], set)
        }
        for set in plan.addedElements.keys.sorted() {
            try elements(NFT_MSG_NEWSETELEM, plan.addedElements.removeValue(forKey: set) ?? [], set)
        }
        for chain in plan.deletedChains { try flush(chain) }
        for set in plan.deletedSets { try remove(set: set) }
        for chain in plan.deletedChains { try remove(chain: chain) }
    }

    // MARK: Tables and chains

    private mutating func addTable() throws {
        let object = try NftablesObject.table()
        unsafe nftnl_table_set_str(object.pointer, UInt16(NFTNL_TABLE_NAME.rawValue), table)
        let userdata = Userdata.comment(layout.comment, type: 0)
        unsafe nftnl_table_set_data(
            object.pointer, UInt16(NFTNL_TABLE_USERDATA.rawValue), userdata, UInt32(userdata.count))
        try unsafe batch.message(NFT_MSG_NEWTABLE, flags: NLM_F_CREATE) {
            unsafe nftnl_table_nlmsg_build_payload($0, object.pointer)
        }
    }

    private mutating func removeTable() throws {
        let object = try NftablesObject.table()
        unsafe nftnl_table_set_str(object.pointer, UInt16(NFTNL_TABLE_NAME.rawValue), table)
        try unsafe batch.message(NFT_MSG_DELTABLE) { unsafe nftnl_table_nlmsg_build_payload($0, object.pointer) }
    }

    private func chain(_ name: String) throws -> NftablesObject {
        let object = try NftablesObject.chain()
        unsafe nftnl_chain_set_str(object.pointer, UInt16(NFTNL_CHAIN_TABLE.rawValue), table)
        unsafe nftnl_chain_set_str(object.pointer, UInt16(NFTNL_CHAIN_NAME.rawValue), name)
        return object
    }

    private mutating func add(_ chain: ChainDefinition) throws {
        let object = try self.chain(chain.name)
        if let base = chain.base {
            unsafe nftnl_chain_set_str(object.pointer, UInt16(NFTNL_CHAIN_TYPE.rawValue), base.kind.rawValue)
            unsafe nftnl_chain_set_u32(object.pointer, UInt16(NFTNL_CHAIN_HOOKNUM.rawValue), base.hook.rawValue)
            unsafe nftnl_chain_set_s32(object.pointer, UInt16(NFTNL_CHAIN_PRIO.rawValue), base.priority)
            unsafe nftnl_chain_set_u32(object.pointer, UInt16(NFTNL_CHAIN_POLICY.rawValue), UInt32(NF_ACCEPT))
        }
        try unsafe batch.message(NFT_MSG_NEWCHAIN, flags: NLM_F_CREATE) {
            unsafe nftnl_chain_nlmsg_build_payload($0, object.pointer)
        }
    }

    private mutating func remove(chain name: String) throws {
        let object = try chain(name)
        try unsafe batch.message(NFT_MSG_DELCHAIN) { unsafe nftnl_chain_nlmsg_build_payload($0, object.pointer) }
    }

    /// A rule without a handle stands for all of its chain.
    private mutating func flush(_ chain: String) throws {
        let object = try NftablesObject.rule()
        unsafe nftnl_rule_set_str(object.pointer, UInt16(NFTNL_RULE_TABLE.rawValue), table)
        unsafe nftnl_rule_set_str(object.pointer, UInt16(NFTNL_RULE_CHAIN.rawValue), chain)
        try unsafe batch.message(NFT_MSG_DELRULE) { unsafe nftnl_rule_nlmsg_build_payload($0, object.pointer) }
    }

    // MARK: Sets

    private func set(_ name: String) throws -> NftablesObject {
        let object = try NftablesObject.set()
        unsafe nftnl_set_set_str(object.pointer, UInt16(NFTNL_SET_TABLE.rawValue), table)
        unsafe nftnl_set_set_str(object.pointer, UInt16(NFTNL_SET_NAME.rawValue), name)
        return object
    }

    private mutating func add(_ set: SetDefinition, id: UInt32, size: UInt32) throws {
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
        try unsafe batch.message(NFT_MSG_NEWSET, flags: NLM_F_CREATE) {
            unsafe nftnl_set_nlmsg_build_payload($0, object.pointer)
        }
    }

    private mutating func remove(set name: String) throws {
        let object = try set(name)
        try unsafe batch.message(NFT_MSG_DELSET) { unsafe nftnl_set_nlmsg_build_payload($0, object.pointer) }
    }

    // MARK: Elements

    private mutating func elements(_ type: nf_tables_msg_types, _ list: ElementList, _ name: SetName) throws {
        guard let set = layout[name] else { return }
        let elements = Array(list)
        let isDeleted = type == NFT_MSG_DELSETELEM
        var item = try LibnftnlElement(set, family, isDeleted: isDeleted)
        var index = elements.startIndex
        let table = table
        while index < elements.endIndex {
            try unsafe batch.message(type, flags: isDeleted ? 0 : NLM_F_CREATE | NLM_F_EXCL) { header in
                unsafe mnl_attr_put_strz(header, UInt16(NFTA_SET_ELEM_LIST_TABLE.rawValue), table)
                unsafe mnl_attr_put_strz(header, UInt16(NFTA_SET_ELEM_LIST_SET.rawValue), name.rawValue)
                let list = unsafe mnl_attr_nest_start(header, UInt16(NFTA_SET_ELEM_LIST_ELEMENTS.rawValue))
                while index < elements.endIndex,
                    unsafe Int(header.pointee.nlmsg_len) < Self.elementBytesPerMessage
                {
                    unsafe item.write(elements[index], to: header)
                    index += 1
                }
                unsafe mnl_attr_nest_end(header, list)
            }
        }
    }
}
