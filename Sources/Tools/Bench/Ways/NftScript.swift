import NetworkAddress
import Nftables

/// A plan as `nft -f` reads it.
///
/// nft cannot load everything that it lists: it does not accept numgen or the priority as a `mark` in a key. This
/// script has `ct mark` and `meta mark` instead: the same number of expressions, in rules that no packet meets. Sets
/// and elements are the same.
struct NftScript {
    let table: String
    let layout: TableLayout

    func text(_ plan: Plan) -> String {
        var lines: [String] = []
        if plan.addsTable { lines.append("add table \(name) { comment \"\(layout.comment)\"; }") }
        lines += plan.addedSets.map { set in
            "add \(set.value == .none ? "set" : "map") \(name) \(set.name.rawValue) \(Self.body(set))"
        }
        lines += plan.addedChains.map { "add chain \(name) \($0.name)\(Self.body($0))" }
        lines += plan.rewrittenChains.map { "flush chain \(name) \($0.name)" }
        for chain in plan.addedChains + plan.rewrittenChains {
            lines += chain.rules.map { rule in
                "add rule \(name) \(chain.name) \(Self.loadable(rule.text))"
                    + (rule.comment.map { " comment \"\($0)\"" } ?? "")
            }
        }
        lines += elements("delete", plan.deletedElements) + elements("add", plan.addedElements)
        lines += plan.deletedChains.map { "flush chain \(name) \($0)" }
        lines += plan.deletedSets.map { "delete set \(name) \($0)" }
        lines += plan.deletedChains.map { "delete chain \(name) \($0)" }
        return lines.map { "\($0)\n" }.joined()
    }

    private var name: String { "ip \(table)" }

    // MARK: Sets and chains

    private static func body(_ set: SetDefinition) -> String {
        var parts = ["type " + set.key.map(type).joined(separator: " . ") + value(set.value)]
        if set.isInterval { parts.append("flags interval") }
        if set.isFilledByPackets { parts.append("flags dynamic,timeout") }
        if set.size > 0 { parts.append("size \(set.size)") }
        parts.append("comment \"\(set.comment)\"")
        return "{ \(parts.joined(separator: "; ")); }"
    }

    private static func type(_ field: SetDefinition.KeyField) -> String {
        switch field {
        case .address, .source: "ipv4_addr"
        case .transport: "inet_proto"
        case .port: "inet_service"
        case .slot: "mark"
        }
    }

    private static func value(_ value: SetDefinition.Value) -> String {
        switch value {
        case .none: ""
        case .verdict: " : verdict"
        case .destination: " : ipv4_addr . inet_service"
        case .mark: " : mark"
        }
    }

    private static func body(_ chain: ChainDefinition) -> String {
        guard let base = chain.base else { return "" }
        return " { type \(base.kind.rawValue) hook \(base.hook) priority \(base.priority); policy accept; }"
    }

    /// A rule with what nft takes in the place of what it does not.
    static func loadable(_ rule: String) -> String {
        rule.replacing(#/ \. numgen random mod \d+( offset \d+)?/#, with: " . ct mark")
            .replacing(#/ \. meta priority map/#, with: " . ct mark map")
            .replacing(#/: meta priority }/#, with: ": ct mark }")
            .replacing(#/meta priority vmap/#, with: "meta mark vmap")
            .replacing(#/meta priority set (?!none)([^@]*) map @/#) { "meta mark set \($0.1) map @" }
    }

    // MARK: Elements

    private func elements(_ verb: String, _ elements: [SetName: ElementList]) -> [String] {
        elements.keys.sorted().compactMap { set in
            guard let definition = layout[set], let all = elements[set].map(Array.init), !all.isEmpty else {
                return nil
            }
            let isPlainInterval = definition.isInterval && definition.key.count == 1
            let texts =
                isPlainInterval
                ? Self.ranges(all)
                : all.map { Self.text(verb == "add" ? $0 : Element(key: $0.key), definition) }
            return "\(verb) element \(name) \(set.rawValue) { \(texts.joined(separator: ", ")) }"
        }
    }

    private static func text(_ element: Element, _ set: SetDefinition) -> String {
        guard let comment = element.data.comment else { return element.text(in: set) }
        let key = Element(key: element.key).text(in: set)
        return "\(key) comment \"\(comment)\"\(element.text(in: set).dropFirst(key.count))"
    }

    /// From begins and ends, in order.
    private static func ranges(_ elements: [Element]) -> [String] {
        var ranges: [String] = []
        var begin: UInt128?
        func close(_ last: UInt128) {
            if let begin { ranges.append("\(address(begin))-\(address(last))") }
            begin = nil
        }
        for key in elements.map(\.key) {
            if key.isIntervalEnd { close(key.address - 1) } else { begin = key.address }
        }
        close(UInt128(UInt32.max))
        return ranges
    }

    private static func address(_ value: UInt128) -> IPAddress { IPAddress(family: .ipv4, value: value) }
}
