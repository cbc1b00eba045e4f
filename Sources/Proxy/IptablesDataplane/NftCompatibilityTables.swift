internal import CIptables
internal import LinuxSystem
internal import Netlink
internal import NetworkAddress

/// The tables of nf_tables that iptables-nft keeps its rules in. Where a host's other programs use it, the kernel
/// applies those rules and ours in the legacy tables side by side.
struct NftCompatibilityTables: Sendable {
    /// Chains by the table that they are in.
    private(set) var chains: [String: Set<String>] = [:]

    private static let names: Set<String> = ["raw", "mangle", "nat", "filter", "security"]

    init(chains: [String: Set<String>]) { self.chains = chains }

    /// Lists them; empty if the kernel has no nf_tables.
    init(readingFrom family: IPFamily) {
        var found: [String: Set<String>] = [:]
        do throws(SystemError) {
            var socket = try NetlinkSocket(protocol: NETLINK_NETFILTER)
            // Other programs change rules all the time: what was seen before that counts, too.
            try NetlinkSocket.untilConsistent { () throws(SystemError) in
                try Self.read(family, &socket) { found[$0, default: []].insert($1) }
            }
        } catch {
            if !error.isInterruptedDump { return }
        }
        chains = found
    }

    private static func read(
        _ family: IPFamily, _ socket: inout NetlinkSocket, _ body: (String, String) -> Void
    ) throws(SystemError) {
        let sequence = socket.reserveSequence()
        var request = NetlinkWriter()
        request.beginMessage(
            type: UInt16(NFNL_SUBSYS_NFTABLES << 8) | UInt16(NFT_MSG_GETCHAIN.rawValue),
            flags: UInt16(NLM_F_REQUEST | NLM_F_DUMP), sequence: sequence)
        request.netfilterHeader(family: UInt8(family == .ipv4 ? NFPROTO_IPV4 : NFPROTO_IPV6))
        request.endMessage()
        try socket.request(request.bytes, sequence: sequence, operation: "list nf_tables chains") { message in
            let attributes = message.attributes(after: 4)
            guard let table = attributes[UInt16(NFTA_CHAIN_TABLE.rawValue)]?.string, names.contains(table),
                let chain = attributes[UInt16(NFTA_CHAIN_NAME.rawValue)]?.string
            else { return }
            body(table, chain)
        }
    }

    var isEmpty: Bool { chains.isEmpty }

    /// Whether kube-proxy's rules are among them. They would take connections before ours do.
    var holdsServiceProxy: Bool { chains.values.contains { $0.contains("KUBE-SERVICES") } }
}
