import HostInspection
import IPVSDataplane
import IptablesDataplane
import LinuxSystem
import Logging
import NetworkAddress
import Nftables
import NftablesDataplane

/// The kernel's content after a way was measured, to detect a way that is fast because it left something out.
struct WayContent: Codable, Hashable, Sendable {
    /// How many objects there are, by their kind.
    var counts: [String: Int]
    /// Stands for elements, virtual servers or, in legacy tables, whole rules.
    var data: UInt64
    /// Stands for the expressions of rules, where they are apart from the data.
    var rules: UInt64 = 0

    /// Reads the interface in this process's network namespace.
    ///
    /// - Throws: the kernel's error.
    static func read(_ interface: KernelInterface) throws -> WayContent {
        switch interface {
        case .nfTables: try nfTables()
        case .legacyTables: try legacyTables()
        case .ipvs: try virtualServers()
        }
    }

    private static func nfTables() throws -> WayContent {
        let layout = NftablesContent.layout
        var owner = try NftablesTable(
            family: .ipv4, name: NftablesConfiguration(family: .ipv4).table, layout: layout,
            logger: Logger(label: "bench"))
        let table = try owner.read()
        let elements = table.elements.flatMap { name, elements in
            layout[name].map { set in
                // nft begins sets of intervals with an end at zero, which ends nothing.
                elements.filter { !($0.key.isIntervalEnd && $0.key.address == 0) }.map { key, data in
                    "\(name.rawValue) \(Element(key: key, data: data).text(in: set)) \(data.comment ?? "")"
                }
            } ?? []
        }
        return WayContent(
            counts: [
                "sets": table.sets.count, "chains": table.chains.count,
                "rules": table.chains.values.reduce(0) { $0 + $1.rules.count }, "elements": elements.count,
            ], data: digest(elements),
            rules: digest(table.chains.map { "\($0.key) \($0.value.rules.map { $0 ?? "?" })" }))
    }

    /// Counted by libiptc, not by the code that writes ours.
    private static func legacyTables() throws -> WayContent {
        let chains = try LegacyTable.all(.ipv4).flatMap(\.chains)
        return WayContent(
            counts: ["chains": chains.count, "rules": chains.reduce(0) { $0 + $1.ruleCount }],
            data: digest(try IptablesSender.listing(.ipv4)))
    }

    private static func virtualServers() throws -> WayContent {
        let lines = try IPVSSender.listing(.ipv4)
        let endpoints = lines.count { $0.contains(" -> ") }
        return WayContent(
            counts: ["virtual servers": lines.count - endpoints, "endpoints": endpoints], data: digest(lines))
    }

    /// FNV-1a of each line, added up: their order does not count.
    static func digest(_ lines: [String]) -> UInt64 {
        lines.reduce(0) { sum, line in
            sum &+ line.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
        }
    }

    /// How it differs from what another way left; nil: not at all.
    func difference(from other: WayContent, of way: KernelWay) -> String? {
        for kind in counts.keys.sorted() where counts[kind] != other.counts[kind] {
            return "\(counts[kind] ?? 0) \(kind) instead of \(other.counts[kind] ?? 0)"
        }
        if data != other.data { return "other \(way.interface == .nfTables ? "elements" : "contents")" }
        return rules != other.rules && way.hasEqualRules ? "other rules" : nil
    }
}
