internal import CIptables
internal import Glibc
internal import LinuxSystem
internal import Netlink
internal import NetworkAddress

/// The nf_tables tables in which iptables-nft keeps its rules. If other programs on the host use it, the kernel applies
/// both those rules and ours in the legacy tables.
struct NftCompatibilityTables: Sendable {
    /// Chains by the table that they are in.
    private(set) var chains: [String: Set<String>] = [:]

    private static let names: Set<String> = ["raw", "mangle", "nat", "filter", "security"]

    init(chains: [String: Set<String>]) { self.chains = chains }

    /// Lists them; empty if the kernel has no nf_tables.
    ///
    /// - Throws: what else the kernel says. Who does not know whether another proxy is there must not begin.
    init(readingFrom family: IPFamily) throws(SystemError) {
        try self.init { () throws(SystemError) in try Self.list(family) }
    }

    /// - Parameter list: lists the chains; again where they changed meanwhile, a few times.
    init(reading list: () throws(SystemError) -> [String: Set<String>]) throws(SystemError) {
        for attempt in 1...Self.attempts {
            do throws(SystemError) {
                self.init(chains: try list())
                return
            } catch  where error.isInterruptedDump && attempt < Self.attempts {
                continue
            } catch  where Self.lacking.contains(error.code) {
                break
            }
        }
        self.init(chains: [:])
    }

    private static let attempts = 20
    /// What kernels without nfnetlink, nf_tables or the family say.
    private static let lacking = [EINVAL, EOPNOTSUPP, EPROTONOSUPPORT, EAFNOSUPPORT]

    private static func list(_ family: IPFamily) throws(SystemError) -> [String: Set<String>] {
        var found: [String: Set<String>] = [:]
        var socket = try NetlinkSocket(protocol: NETLINK_NETFILTER)
        let sequence = socket.reserveSequence()
        var request = NetlinkWriter()
        request.beginMessage(
            type: UInt16(NFNL_SUBSYS_NFTABLES << 8) | UInt16(NFT_MSG_GETCHAIN.rawValue),
            flags: UInt16(NLM_F_REQUEST | NLM_F_DUMP), sequence: sequence)
        request.netfilterHeader(family: UInt8(family == .ipv4 ? NFPROTO_IPV4 : NFPROTO_IPV6))
        request.endMessage()
        try socket.request(request.bytes, sequence: sequence, operation: "list nf_tables chains") { message in
            let attributes = message.attributes(after: 4)
            guard let table = attributes[UInt16(NFTA_CHAIN_TABLE.rawValue)]?.string, Self.names.contains(table),
                let chain = attributes[UInt16(NFTA_CHAIN_NAME.rawValue)]?.string
            else { return }
            found[table, default: []].insert(chain)
        }
        return found
    }

    var isEmpty: Bool { chains.isEmpty }

    /// Whether kube-proxy's rules are among them. They would take connections before ours do.
    var holdsServiceProxy: Bool { chains.values.contains { $0.contains("KUBE-SERVICES") } }
}
