internal import CNftables
internal import Glibc
internal import Netlink
package import NetworkAddress

/// A commit to the ruleset by another process.
package struct ForeignCommit: Hashable, Sendable {
    /// Our tables that it changed.
    package var tables: Set<RulesetTable>
    /// The id of the thread that committed, in the initial process namespace; 0 if the kernel does not say.
    package var process: UInt32
    /// The kernel's name of the program; at most 15 bytes.
    package var program: String
}

/// A table by its family and name.
package struct RulesetTable: Hashable, Sendable {
    package var family: IPFamily
    package var name: String

    package init(_ family: IPFamily, _ name: String) {
        self.family = family
        self.name = name
    }
}

/// Assembles commits from the notifications of NFNLGRP_NFTABLES: for each commit the kernel sends the changed objects,
/// then the ruleset's new generation with its author. All carry the number of the netlink socket that committed; our
/// own commits are recognised by it. Pure.
struct CommitReader {
    private let ours: Set<RulesetTable>
    private var touched: [UInt32: Set<RulesetTable>] = [:]
    /// Sockets in the middle of a commit; commits come one after another, so that more than one are rare.
    private static let maximumSockets = 64

    init(tables: Set<RulesetTable>) { ours = tables }

    /// - Returns: a commit that has ended, changed a table of ours and is not ours.
    mutating func read(_ message: NetlinkMessage, isOwnSocket: (UInt32) -> Bool) -> ForeignCommit? {
        guard message.type >> 8 == UInt16(NFNL_SUBSYS_NFTABLES), message.payload.count >= 4,
            !isOwnSocket(message.port)
        else { return nil }
        if message.type & 0xFF == UInt16(NFT_MSG_NEWGEN.rawValue) {
            let attributes = message.attributes(after: 4)
            guard let tables = touched.removeValue(forKey: message.port) else { return nil }
            return ForeignCommit(
                tables: tables,
                process: UInt32(
                    truncatingIfNeeded: attributes[UInt16(NFTA_GEN_PROC_PID.rawValue)]?.bigEndian ?? 0),
                program: attributes[UInt16(NFTA_GEN_PROC_NAME.rawValue)]?.string ?? "")
        }
        // The table's name is the first attribute of every kind of object.
        guard let family = Self.family(message.payload.first),
            let name = message.attributes(after: 4)[UInt16(NFTA_TABLE_NAME.rawValue)]?.string
        else { return nil }
        let table = RulesetTable(family, name)
        guard ours.contains(table) else { return nil }
        if touched.count >= Self.maximumSockets { touched = [:] }
        touched[message.port, default: []].insert(table)
        return nil
    }

    /// Messages were lost: what is begun may never end.
    mutating func reset() { touched = [:] }

    private static func family(_ number: UInt8?) -> IPFamily? {
        switch number.map(Int32.init) {
        case AF_INET: .ipv4
        case AF_INET6: .ipv6
        default: nil
        }
    }
}
