internal import CNftables
import Glibc
internal import LinuxSystem
internal import Netlink
package import NetworkAddress

/// Reads our table from the kernel.
struct KernelReader {
    let family: IPFamily
    let table: String
    let layout: TableLayout

    /// How often a listing is begun again because others write meanwhile.
    private static let attempts = 20

    /// The generation of the ruleset, which every commit of anybody in this network namespace raises.
    func generation(_ socket: inout NetlinkSocket) throws(SystemError) -> UInt32 {
        var generation: UInt32 = 0
        try request(&socket, NFT_MSG_GETGEN, dump: false, "read nftables generation") { message in
            if let value = message.attributes(after: 4)[UInt16(NFTA_GEN_ID.rawValue)] {
                generation = UInt32(truncatingIfNeeded: value.bigEndian)
            }
        }
        return generation
    }

    /// The whole table, as it was at one generation.
    func read(_ socket: inout NetlinkSocket) throws(SystemError) -> KernelTable {
        for _ in 0..<Self.attempts {
            var table = KernelTable(generation: try generation(&socket))
            do {
                try readAll(&table, &socket)
            } catch  where error.isInterruptedDump || error.code == ENOENT {
                continue
            }
            if try generation(&socket) == table.generation { return table }
        }
        throw SystemError(
            "read nftables table \(table)", code: EBUSY, kernelMessage: "the ruleset changes all the time")
    }

    private func readAll(_ result: inout KernelTable, _ socket: inout NetlinkSocket) throws(SystemError) {
        guard let flags = try tableFlags(&socket) else { return }
        result.exists = true
        result.flags = flags
        result.chains = try chains(&socket)
        for (chain, signature) in try rules(&socket) { result.chains[chain]?.rules.append(signature) }
        result.sets = try sets(&socket)
        for set in layout.sets where !set.isFilledByPackets {
            // A set of another layout is replaced with the table; its elements do not matter.
            guard result.sets[set.name.rawValue] == set.facts(family) else { continue }
            result.elements[set.name] = try elements(of: set, &socket)
        }
    }

    /// nil if there is no such table.
    private func tableFlags(_ socket: inout NetlinkSocket) throws(SystemError) -> UInt32? {
        var flags: UInt32?
        try request(&socket, NFT_MSG_GETTABLE, "list nftables tables") { message in
            let attributes = message.attributes(after: 4)
            guard attributes[UInt16(NFTA_TABLE_NAME.rawValue)]?.string == table else { return }
            flags = UInt32(truncatingIfNeeded: attributes[UInt16(NFTA_TABLE_FLAGS.rawValue)]?.bigEndian ?? 0)
        }
        return flags
    }

    private func chains(_ socket: inout NetlinkSocket) throws(SystemError) -> [String: KernelTable.ChainFacts] {
        var chains: [String: KernelTable.ChainFacts] = [:]
        try request(&socket, NFT_MSG_GETCHAIN, "list nftables chains") { message in
            let attributes = message.attributes(after: 4)
            guard attributes[UInt16(NFTA_CHAIN_TABLE.rawValue)]?.string == table,
                let name = attributes[UInt16(NFTA_CHAIN_NAME.rawValue)]?.string
            else { return }
            var facts = KernelTable.ChainFacts()
            if let hook = attributes[UInt16(NFTA_CHAIN_HOOK.rawValue)]?.nested {
                facts.base = Self.base(hook, type: attributes[UInt16(NFTA_CHAIN_TYPE.rawValue)]?.string)
            }
            if let policy = attributes[UInt16(NFTA_CHAIN_POLICY.rawValue)] {
                facts.dropsByDefault = policy.bigEndian == UInt64(NF_DROP)
            }
            chains[name] = facts
        }
        return chains
    }

    private static func base(_ hook: NetlinkAttributes, type: String?) -> BaseChain? {
        guard let kind = type.flatMap(BaseChain.Kind.init(rawValue:)),
            let number = hook[UInt16(NFTA_HOOK_HOOKNUM.rawValue)]?.bigEndian,
            let place = BaseChain.Hook(rawValue: UInt32(truncatingIfNeeded: number)),
            let priority = hook[UInt16(NFTA_HOOK_PRIORITY.rawValue)]?.bigEndian
        else { return nil }
        return BaseChain(kind: kind, hook: place, priority: Int32(truncatingIfNeeded: priority))
    }

    private func rules(_ socket: inout NetlinkSocket) throws(SystemError) -> [(String, String?)] {
        var rules: [(String, String?)] = []
        try request(
            &socket, NFT_MSG_GETRULE, "list nftables rules",
            { $0.attribute(UInt16(NFTA_RULE_TABLE.rawValue), string: table) }
        ) { message in
            let attributes = message.attributes(after: 4)
            guard attributes[UInt16(NFTA_RULE_TABLE.rawValue)]?.string == table,
                let chain = attributes[UInt16(NFTA_RULE_CHAIN.rawValue)]?.string
            else { return }
            let parsed = try? RuleCodec.parse(message: Array(message.whole))
            rules.append((chain, parsed?.signature))
        }
        return rules
    }

    private func sets(_ socket: inout NetlinkSocket) throws(SystemError) -> [String: KernelTable.SetFacts] {
        var sets: [String: KernelTable.SetFacts] = [:]
        try request(
            &socket, NFT_MSG_GETSET, "list nftables sets",
            { $0.attribute(UInt16(NFTA_SET_TABLE.rawValue), string: table) }
        ) { message in
            let attributes = message.attributes(after: 4)
            guard attributes[UInt16(NFTA_SET_TABLE.rawValue)]?.string == table,
                let name = attributes[UInt16(NFTA_SET_NAME.rawValue)]?.string
            else { return }
            func number(_ type: nft_set_attributes) -> UInt32 {
                UInt32(truncatingIfNeeded: attributes[UInt16(type.rawValue)]?.bigEndian ?? 0)
            }
            let description = attributes[UInt16(NFTA_SET_DESC.rawValue)]?.nested
            let limit = description?[UInt16(NFTA_SET_DESC_SIZE.rawValue)]?.bigEndian ?? 0
            let flags = number(NFTA_SET_FLAGS)
            sets[name] = KernelTable.SetFacts(
                flags: flags, keyType: number(NFTA_SET_KEY_TYPE),
                keyLength: number(NFTA_SET_KEY_LEN), dataType: number(NFTA_SET_DATA_TYPE),
                // The kernel reports the size of its own struct for verdicts.
                dataLength: number(NFTA_SET_DATA_TYPE) == NFT_DATA_VERDICT.rawValue ? 0 : number(NFTA_SET_DATA_LEN),
                isLimited: limit != 0 && limit < UInt64(SetSize.noLimit) && flags & NFT_SET_EVAL.rawValue == 0)
        }
        return sets
    }

    private func elements(
        of set: SetDefinition, _ socket: inout NetlinkSocket
    ) throws(SystemError) -> [ElementKey: ElementData] {
        let reader = ElementReader(family: family)
        var elements: [ElementKey: ElementData] = [:]
        try request(
            &socket, NFT_MSG_GETSETELEM, "list nftables set \(set.name.rawValue)",
            {
                $0.attribute(UInt16(NFTA_SET_ELEM_LIST_TABLE.rawValue), string: table)
                $0.attribute(UInt16(NFTA_SET_ELEM_LIST_SET.rawValue), string: set.name.rawValue)
            }
        ) { message in
            guard let list = message.attributes(after: 4)[UInt16(NFTA_SET_ELEM_LIST_ELEMENTS.rawValue)] else { return }
            for item in list.nested {
                if let element = reader.read(item.nested, of: set) { elements[element.key] = element.data }
            }
        }
        return elements
    }

    private func request(
        _ socket: inout NetlinkSocket, _ type: nf_tables_msg_types, dump: Bool = true, _ operation: String,
        _ attributes: (inout NetlinkWriter) -> Void = { _ in }, _ body: (NetlinkMessage) -> Void
    ) throws(SystemError) {
        let sequence = socket.reserveSequence()
        var writer = NetlinkWriter()
        writer.beginMessage(
            type: UInt16(NFNL_SUBSYS_NFTABLES) << 8 | UInt16(type.rawValue),
            flags: UInt16(NLM_F_REQUEST | (dump ? NLM_F_DUMP : NLM_F_ACK)), sequence: sequence)
        writer.netfilterHeader(family: family.netfilterNumber)
        attributes(&writer)
        writer.endMessage()
        try socket.request(writer.bytes, sequence: sequence, operation: operation, body)
    }
}

extension SetDefinition {
    package func facts(_ family: IPFamily) -> KernelTable.SetFacts {
        KernelTable.SetFacts(
            flags: kernelFlags, keyType: keyType(family), keyLength: UInt32(keyLength(family)),
            dataType: dataType(family), dataLength: UInt32(valueLength(family)))
    }
}
