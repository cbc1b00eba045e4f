internal import CNftables
package import LinuxSystem
internal import Netlink
package import NetworkAddress

/// A transaction ready to be sent.
package struct Transaction: Sendable {
    package var bytes: [UInt8]
    package var messageCount: Int
}

/// Turns a plan into one nf_tables transaction: the kernel applies all of it or nothing.
package struct TransactionEncoder {
    private static let subsystem = UInt16(NFNL_SUBSYS_NFTABLES)
    /// Elements go into one message until it has this size; the limit of a nested attribute is 64 KB.
    private static let elementBytesPerMessage = 56 * 1024

    private let family: IPFamily
    private let table: String
    private let layout: TableLayout
    private let codec: ElementCodec
    private var writer: NetlinkWriter
    private var sequence: UInt32

    /// - Parameters:
    ///   - generation: the transaction is refused (ERESTART) if the ruleset is not this generation any more.
    ///   - isRehearsal: leaves out the end, without which the kernel checks the messages and throws them away.
    ///   - givesSizes: whether large sets are made with a size (see ``SetSize``).
    package static func encode(
        _ plan: consuming Plan, family: IPFamily, table: String, layout: TableLayout, firstSequence: UInt32,
        generation: UInt32? = nil, isRehearsal: Bool = false, givesSizes: Bool = false
    ) throws(SystemError) -> Transaction {
        let elementCount = plan.addedElements.values.reduce(0) { $0 + $1.count }
        var encoder = TransactionEncoder(
            family: family, table: table, layout: layout,
            writer: NetlinkWriter(reservingCapacity: 4096 + elementCount * 96), sequence: firstSequence)
        encoder.batch(UInt16(NFNL_MSG_BATCH_BEGIN), generation: generation)
        try encoder.encode(plan, givesSizes: givesSizes)
        if !isRehearsal { encoder.batch(UInt16(NFNL_MSG_BATCH_END), generation: nil) }
        return Transaction(bytes: encoder.writer.bytes, messageCount: encoder.writer.messageCount)
    }

    private init(
        family: IPFamily, table: String, layout: TableLayout, writer: NetlinkWriter, sequence: UInt32
    ) {
        self.family = family
        self.table = table
        self.layout = layout
        codec = ElementCodec(family: family)
        self.writer = writer
        self.sequence = sequence
    }

    private mutating func encode(_ plan: consuming Plan, givesSizes: Bool) throws(SystemError) {
        if plan.replacesTable || plan.removesTable {
            // Adding first makes deleting succeed whether or not the table is there.
            addTable()
            message(NFT_MSG_DELTABLE) { [table] in $0.attribute(UInt16(NFTA_TABLE_NAME.rawValue), string: table) }
        }
        if plan.replacesTable || plan.addsTable { addTable() }
        for (index, set) in plan.addedSets.enumerated() {
            let hint = givesSizes ? SetSize.hint(set, count: plan.addedElements[set.name]?.count ?? 0) : nil
            add(set, id: UInt32(index + 1), size: hint ?? set.size)
            if hint != nil { add(set, id: UInt32(index + 1), size: SetSize.noLimit) }
        }
        for chain in plan.addedChains { add(chain) }
        for chain in plan.rewrittenChains { flush(chain.name) }
        for chain in plan.addedChains + plan.rewrittenChains {
            for rule in chain.rules {
                writer.append(
                    message: try RuleCodec.message(
                        for: rule, chain: chain.name, table: table, family: family, sequence: nextSequence()))
            }
        }
        for set in plan.deletedElements.keys.sorted() {
            elements(NFT_MSG_DELSETELEM, plan.deletedElements[set] ?? [], set)
        }
        for set in plan.addedElements.keys.sorted() {
            // Elements are large, and their bytes take their place.
            elements(NFT_MSG_NEWSETELEM, plan.addedElements.removeValue(forKey: set) ?? [], set)
        }
        // Rules may refer to sets, and elements of sets to chains.
        for chain in plan.deletedChains { flush(chain) }
        for set in plan.deletedSets {
            message(NFT_MSG_DELSET) { [table] in
                $0.attribute(UInt16(NFTA_SET_TABLE.rawValue), string: table)
                $0.attribute(UInt16(NFTA_SET_NAME.rawValue), string: set)
            }
        }
        for chain in plan.deletedChains {
            message(NFT_MSG_DELCHAIN) { [table] in
                $0.attribute(UInt16(NFTA_CHAIN_TABLE.rawValue), string: table)
                $0.attribute(UInt16(NFTA_CHAIN_NAME.rawValue), string: chain)
            }
        }
    }

    private mutating func nextSequence() -> UInt32 {
        defer { sequence &+= 1 }
        return sequence
    }

    private mutating func batch(_ type: UInt16, generation: UInt32?) {
        writer.beginMessage(type: type, flags: UInt16(NLM_F_REQUEST), sequence: nextSequence())
        writer.netfilterHeader(family: 0, resource: Self.subsystem)
        if let generation { writer.attribute(UInt16(NFNL_BATCH_GENID.rawValue), bigEndian: generation) }
        writer.endMessage()
    }

    private mutating func message(
        _ type: nf_tables_msg_types, flags: Int32 = 0, _ body: (inout NetlinkWriter) -> Void
    ) {
        writer.beginMessage(
            type: Self.subsystem << 8 | UInt16(type.rawValue), flags: UInt16(NLM_F_REQUEST | flags),
            sequence: nextSequence())
        writer.netfilterHeader(family: family.netfilterNumber)
        body(&writer)
        writer.endMessage()
    }

    private mutating func addTable() {
        message(NFT_MSG_NEWTABLE, flags: NLM_F_CREATE) { [table, layout] in
            $0.attribute(UInt16(NFTA_TABLE_NAME.rawValue), string: table)
            $0.attribute(
                UInt16(NFTA_TABLE_USERDATA.rawValue), bytes: Userdata.comment(layout.comment, type: 0))
        }
    }

    private mutating func add(_ chain: ChainDefinition) {
        message(NFT_MSG_NEWCHAIN, flags: NLM_F_CREATE) { [table] in
            $0.attribute(UInt16(NFTA_CHAIN_TABLE.rawValue), string: table)
            $0.attribute(UInt16(NFTA_CHAIN_NAME.rawValue), string: chain.name)
            guard let base = chain.base else { return }
            $0.attribute(UInt16(NFTA_CHAIN_TYPE.rawValue), string: base.kind.rawValue)
            let hook = $0.beginNested(UInt16(NFTA_CHAIN_HOOK.rawValue))
            $0.attribute(UInt16(NFTA_HOOK_HOOKNUM.rawValue), bigEndian: base.hook.rawValue)
            $0.attribute(UInt16(NFTA_HOOK_PRIORITY.rawValue), bigEndian: UInt32(bitPattern: base.priority))
            $0.endNested(hook)
            $0.attribute(UInt16(NFTA_CHAIN_POLICY.rawValue), bigEndian: UInt32(NF_ACCEPT))
        }
    }

    private mutating func flush(_ chain: String) {
        message(NFT_MSG_DELRULE) { [table] in
            $0.attribute(UInt16(NFTA_RULE_TABLE.rawValue), string: table)
            $0.attribute(UInt16(NFTA_RULE_CHAIN.rawValue), string: chain)
        }
    }

    private mutating func add(_ set: SetDefinition, id: UInt32, size: UInt32) {
        message(NFT_MSG_NEWSET, flags: NLM_F_CREATE) { [table, family] in
            $0.attribute(UInt16(NFTA_SET_TABLE.rawValue), string: table)
            $0.attribute(UInt16(NFTA_SET_NAME.rawValue), string: set.name.rawValue)
            $0.attribute(UInt16(NFTA_SET_FLAGS.rawValue), bigEndian: set.kernelFlags)
            $0.attribute(UInt16(NFTA_SET_KEY_TYPE.rawValue), bigEndian: set.keyType(family))
            $0.attribute(UInt16(NFTA_SET_KEY_LEN.rawValue), bigEndian: UInt32(set.keyLength(family)))
            if set.value != .none {
                $0.attribute(UInt16(NFTA_SET_DATA_TYPE.rawValue), bigEndian: set.dataType(family))
                $0.attribute(UInt16(NFTA_SET_DATA_LEN.rawValue), bigEndian: UInt32(set.valueLength(family)))
            }
            $0.attribute(UInt16(NFTA_SET_ID.rawValue), bigEndian: id)
            Self.writeDescription(of: set, size: size, family, to: &$0)
            $0.attribute(UInt16(NFTA_SET_USERDATA.rawValue), bytes: set.userdata)
        }
    }

    private static func writeDescription(
        of set: SetDefinition, size: UInt32, _ family: IPFamily, to writer: inout NetlinkWriter
    ) {
        let isConcatenatedInterval = set.isInterval && set.key.count > 1
        guard isConcatenatedInterval || size > 0 else { return }
        let description = writer.beginNested(UInt16(NFTA_SET_DESC.rawValue))
        if size > 0 { writer.attribute(UInt16(NFTA_SET_DESC_SIZE.rawValue), bigEndian: size) }
        if isConcatenatedInterval {
            let fields = writer.beginNested(UInt16(NFTA_SET_DESC_CONCAT.rawValue))
            for field in set.key {
                let element = writer.beginNested(UInt16(NFTA_LIST_ELEM.rawValue))
                writer.attribute(
                    UInt16(NFTA_SET_FIELD_LEN.rawValue), bigEndian: UInt32(field.length(family)))
                writer.endNested(element)
            }
            writer.endNested(fields)
        }
        writer.endNested(description)
    }

    private mutating func elements(_ type: nf_tables_msg_types, _ elements: [Element], _ name: SetName) {
        guard let set = layout[name] else { return }
        let isDeleted = type == NFT_MSG_DELSETELEM
        var index = elements.startIndex
        while index < elements.endIndex {
            writer.beginMessage(
                type: Self.subsystem << 8 | UInt16(type.rawValue),
                flags: UInt16(NLM_F_REQUEST | (isDeleted ? 0 : NLM_F_CREATE | NLM_F_EXCL)), sequence: nextSequence())
            writer.netfilterHeader(family: family.netfilterNumber)
            writer.attribute(UInt16(NFTA_SET_ELEM_LIST_TABLE.rawValue), string: table)
            writer.attribute(UInt16(NFTA_SET_ELEM_LIST_SET.rawValue), string: name.rawValue)
            let list = writer.beginNested(UInt16(NFTA_SET_ELEM_LIST_ELEMENTS.rawValue))
            while index < elements.endIndex, writer.bytes.count - list < Self.elementBytesPerMessage {
                codec.write(elements[index], of: set, isDeleted: isDeleted, to: &writer)
                index += 1
            }
            writer.endNested(list)
            writer.endMessage()
        }
    }
}
