internal import CNftables
internal import Glibc
package import LinuxSystem
internal import Netlink

extension Ruleset {
    /// More chains are not remembered.
    private static let limit = 1 << 18

    /// Lists the ruleset of the calling thread's network namespace. Concurrent changes may be seen in part.
    ///
    /// - Throws: EPERM without CAP_NET_ADMIN; the kernel's error if it has no nf_tables.
    package static func read() throws(SystemError) -> Ruleset {
        var socket = try NetlinkSocket(protocol: NETLINK_NETFILTER)
        var ruleset = Ruleset()
        try list(NFT_MSG_GETTABLE, "list nf_tables tables", &socket) { family, attributes, _ in
            guard let name = attributes[UInt16(NFTA_TABLE_NAME.rawValue)]?.string else { return }
            let flags = attributes[UInt16(NFTA_TABLE_FLAGS.rawValue)]?.bigEndian ?? 0
            ruleset.tables.append(Table(family: family, name: name, isDormant: flags & 1 != 0))
        }
        try list(NFT_MSG_GETCHAIN, "list nf_tables chains", &socket) { family, attributes, _ in
            if ruleset.chains.count < limit, let chain = chain(family, attributes) { ruleset.chains.append(chain) }
        }
        for index in ruleset.chains.indices where ruleset.chains[index].base?.hook == .forward {
            try readRules(of: &ruleset.chains[index], &socket)
        }
        return ruleset
    }

    private static func chain(_ family: Family, _ attributes: NetlinkAttributes) -> Chain? {
        guard let table = attributes[UInt16(NFTA_CHAIN_TABLE.rawValue)]?.string,
            let name = attributes[UInt16(NFTA_CHAIN_NAME.rawValue)]?.string
        else { return nil }
        var chain = Chain(family: family, table: table, name: name)
        let type = attributes[UInt16(NFTA_CHAIN_TYPE.rawValue)]?.string ?? ""
        // The hooks of the other families are not those of IP.
        if [.inet, .ip, .ip6].contains(family), let kind = BaseChain.Kind(rawValue: type),
            let hook = attributes[UInt16(NFTA_CHAIN_HOOK.rawValue)]?.nested,
            let number = hook[UInt16(NFTA_HOOK_HOOKNUM.rawValue)]?.bigEndian,
            let place = BaseChain.Hook(rawValue: UInt32(truncatingIfNeeded: number))
        {
            let priority = hook[UInt16(NFTA_HOOK_PRIORITY.rawValue)]?.bigEndian ?? 0
            chain.base = BaseChain(kind: kind, hook: place, priority: Int32(truncatingIfNeeded: priority))
        }
        chain.dropsByDefault = attributes[UInt16(NFTA_CHAIN_POLICY.rawValue)]?.bigEndian == UInt64(NF_DROP)
        return chain
    }

    private static func readRules(of chain: inout Chain, _ socket: inout NetlinkSocket) throws(SystemError) {
        let (table, name, family) = (chain.table, chain.name, chain.family)
        var count = 0
        var last: String?
        try list(
            NFT_MSG_GETRULE, "list nf_tables rules", &socket, family: family,
            {
                $0.attribute(UInt16(NFTA_RULE_TABLE.rawValue), string: table)
                $0.attribute(UInt16(NFTA_RULE_CHAIN.rawValue), string: name)
            }
        ) { _, attributes, message in
            // Kernels before 4.17 list all rules.
            guard attributes[UInt16(NFTA_RULE_TABLE.rawValue)]?.string == table,
                attributes[UInt16(NFTA_RULE_CHAIN.rawValue)]?.string == name
            else { return }
            count += 1
            last = (try? RuleCodec.parse(message: Array(message.whole)))?.signature
        }
        chain.ruleCount = count
        chain.endsInDrop = last.map { isDropOfAll($0) } ?? false
    }

    /// Whether a rule, in the words of libnftnl, drops or rejects without a condition.
    static func isDropOfAll(_ signature: String) -> Bool {
        let parts = signature.split(separator: ";").map { $0.drop { $0 == " " } }
        guard let last = parts.last else { return false }
        let isDrop = last.hasPrefix("reject") || last.hasPrefix("immediate") && last.contains(" drop")
        return isDrop && parts.dropLast().allSatisfy { $0.hasPrefix("counter") || $0.hasPrefix("log") }
    }

    private static func list(
        _ type: nf_tables_msg_types, _ operation: String, _ socket: inout NetlinkSocket, family: Family? = nil,
        _ write: (inout NetlinkWriter) -> Void = { _ in },
        _ body: (Family, NetlinkAttributes, NetlinkMessage) -> Void
    ) throws(SystemError) {
        let sequence = socket.reserveSequence()
        var writer = NetlinkWriter()
        writer.beginMessage(
            type: UInt16(NFNL_SUBSYS_NFTABLES) << 8 | UInt16(type.rawValue), flags: UInt16(NLM_F_REQUEST | NLM_F_DUMP),
            sequence: sequence)
        // Zero: of all families.
        writer.netfilterHeader(family: family?.rawValue ?? 0)
        write(&writer)
        writer.endMessage()
        do throws(SystemError) {
            try socket.request(writer.bytes, sequence: sequence, operation: operation) { message in
                guard let number = message.payload.first, let family = Family(rawValue: number) else { return }
                body(family, message.attributes(after: 4), message)
            }
        } catch  where error.isInterruptedDump || error.code == ENOENT {
            // Others write meanwhile: what was seen still counts.
        }
    }
}
