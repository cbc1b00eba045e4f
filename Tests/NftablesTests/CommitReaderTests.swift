import Glibc
import Netlink
import NetworkAddress
import Testing

@testable import Nftables

/// Whose commit it is, told from notifications as the kernel sends them.
@Suite struct CommitReaderTests {
    // linux/netfilter/nf_tables.h
    private static let (newGeneration, newTable, deletedElement): (UInt16, UInt16, UInt16) = (15, 0, 14)
    private static let nfTables: UInt16 = 10

    private static func message(_ kind: UInt16, port: UInt32, family: UInt8, _ body: (inout NetlinkWriter) -> Void)
        throws -> NetlinkMessage
    {
        var writer = NetlinkWriter()
        writer.beginMessage(type: nfTables << 8 | kind, flags: 0, sequence: 1)
        writer.netfilterHeader(family: family)
        body(&writer)
        writer.endMessage()
        var bytes = writer.bytes
        withUnsafeBytes(of: port) { bytes.replaceSubrange(12..<16, with: $0) }
        return try #require(NetlinkMessages(bytes[...]).first { _ in true })
    }

    private static func change(_ table: String, port: UInt32, family: UInt8 = 2) throws -> NetlinkMessage {
        try message(deletedElement, port: port, family: family) { $0.attribute(1, string: table) }
    }

    private static func end(port: UInt32, _ program: String = "nft", _ process: UInt32 = 77) throws -> NetlinkMessage {
        try message(newGeneration, port: port, family: 0) {
            $0.attribute(1, bigEndian: UInt32(9))
            $0.attribute(2, bigEndian: process)
            $0.attribute(3, string: program)
        }
    }

    private static let ours: Set = [RulesetTable(.ipv4, "viaduct"), RulesetTable(.ipv6, "viaduct")]
    private static let ownSocket: UInt32 = 1000

    /// The commits that a row of messages tells of.
    private static func commits(_ messages: [NetlinkMessage]) -> [ForeignCommit] {
        var reader = CommitReader(tables: ours)
        return messages.compactMap { reader.read($0) { $0 == ownSocket } }
    }

    @Test("A foreign commit to a table of ours has its author and the tables that it changed")
    func foreign() throws {
        let found = Self.commits([
            try Self.change("viaduct", port: 5), try Self.change("viaduct", port: 5, family: 10),
            try Self.change("other", port: 5), try Self.end(port: 5),
        ])
        #expect(found == [ForeignCommit(tables: Self.ours, process: 77, program: "nft")])
    }

    @Test("Our own commits, and foreign ones to other tables, are nobody's business")
    func quiet() throws {
        #expect(Self.commits([try Self.change("viaduct", port: Self.ownSocket), try Self.end(port: 1000)]).isEmpty)
        #expect(Self.commits([try Self.change("firewall", port: 5), try Self.end(port: 5)]).isEmpty)
        // The same name in another family, such as inet, is another table.
        #expect(Self.commits([try Self.change("viaduct", port: 5, family: 1), try Self.end(port: 5)]).isEmpty)
        #expect(Self.commits([try Self.end(port: 5)]).isEmpty)
    }

    @Test("A commit is told once, and what was lost belongs to no later one")
    func once() throws {
        var reader = CommitReader(tables: Self.ours)
        #expect(reader.read(try Self.change("viaduct", port: 5)) { _ in false } == nil)
        #expect(reader.read(try Self.end(port: 5, "firewalld", 3)) { _ in false }?.program == "firewalld")
        #expect(reader.read(try Self.end(port: 5)) { _ in false } == nil)
        #expect(reader.read(try Self.change("viaduct", port: 5)) { _ in false } == nil)
        reader.reset()
        #expect(reader.read(try Self.end(port: 5)) { _ in false } == nil)
    }

    @Test("Any bytes are read without harm, and many sockets take no room")
    func noise() throws {
        var generator = SystemRandomNumberGenerator()
        var reader = CommitReader(tables: Self.ours)
        for port in 0..<1000 {
            _ = reader.read(try Self.change("viaduct", port: UInt32(port))) { _ in false }
            let bytes = (0..<60).map { _ in UInt8.random(in: 0...255, using: &generator) }
            for kind in [Self.newGeneration, Self.newTable, Self.deletedElement] {
                let message = try Self.message(kind, port: 5, family: 2) { $0.append(raw: bytes[...]) }
                _ = reader.read(message) { _ in false }
            }
        }
    }
}
