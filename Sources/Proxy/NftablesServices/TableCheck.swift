package import Dataplane
package import LinuxSystem
package import NetworkAddress
package import Nftables

/// Compares one of our tables, as libnftnl reads it, with the desired state: all rules, and single elements.
package struct TableCheck: ~Copyable {
    package var evidence = KernelEvidence()
    private let family: IPFamily
    private let name: String
    private let sets: [SetName: SetDefinition]
    private let chains: [String: RulesetListing.Chain]
    private var inspector: SetInspector
    /// Whether the table exists and is active.
    package let isInForce: Bool

    /// - Throws: EPERM without CAP_NET_ADMIN; the kernel's error if it has no nf_tables.
    package init(_ family: IPFamily, table name: String, _ layout: TableLayout) throws(SystemError) {
        self.family = family
        self.name = name
        sets = Dictionary(layout.sets.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let listing = try RulesetListing.read(family)
        inspector = try SetInspector(family, table: name)
        let kernelFamily: Ruleset.Family = family == .ipv4 ? .ip : .ip6
        chains = Dictionary(
            listing.chains(of: name, kernelFamily).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let table = listing.table(name, kernelFamily)
        isInForce = table?.isDormant == false
        let state: KernelObject.State =
            table == nil ? .missing : isInForce ? .asWanted : .different("it is dormant: its chains do nothing")
        evidence.note(.table, in: "nf_tables", "table \(kernelFamily.name) \(name)", state)
    }

    package var place: String { "table \(family == .ipv4 ? "ip" : "ip6") \(name)" }

    package mutating func note(_ kind: KernelObject.Kind, _ text: String, _ state: KernelObject.State = .asWanted) {
        evidence.note(kind, in: place, text, state)
    }

    package mutating func setAffinity(_ slot: AffinitySlot) { evidence.affinity = slot }

    // MARK: Chains

    /// Compares chains with all of their rules.
    package mutating func check(_ wanted: [ChainDefinition]) throws(SystemError) {
        for chain in wanted { try check(chain) }
    }

    private mutating func check(_ wanted: ChainDefinition) throws(SystemError) {
        guard let found = chains[wanted.name] else { return note(.chain, "chain \(wanted.name)", .missing) }
        var state = KernelObject.State.asWanted
        if found.base != wanted.base || found.isOfAnotherKind {
            state = .different("hooked in as \(Self.text(found.base)), not as \(Self.text(wanted.base))")
        } else if found.dropsByDefault {
            state = .different("its policy is drop")
        }
        note(.chain, "chain \(wanted.name)", state)
        var signatures: [String] = []
        for rule in wanted.rules { signatures.append(try RuleCodec.signature(of: rule, family: family)) }
        for step in RuleAlignment.steps(from: found.rules.map(\.signature), to: signatures) {
            switch step {
            case .missing(let index): note(.rule, "chain \(wanted.name): \(wanted.rules[index].text)", .missing)
            case .extra(let index):
                let rule = found.rules[index]
                note(.rule, "chain \(wanted.name): \(rule.text) # handle \(rule.handle)", .unwanted)
            case .kept(let index, let wantedIndex):
                let rule = wanted.rules[wantedIndex]
                let key = KernelRule(table: name, chain: wanted.name, handle: found.rules[index].handle)
                evidence.rules[key] = rule.text + (rule.comment.map { " (\($0))" } ?? "")
            }
        }
    }

    private static func text(_ base: BaseChain?) -> String {
        base.map { "type \($0.kind.rawValue) hook \($0.hook) priority \($0.priority)" } ?? "a chain without a hook"
    }

    // MARK: Elements

    /// The element with a key; nil if there is none.
    package mutating func element(_ set: SetName, _ key: ElementKey) throws(SystemError) -> SetInspector.Found? {
        guard let definition = sets[set] else { return nil }
        return try inspector.element(key, of: definition)
    }

    package mutating func elements(_ set: SetName) throws(SystemError) -> [SetInspector.Found] {
        guard let definition = sets[set] else { return [] }
        return try inspector.elements(of: definition)
    }

    package func text(_ set: SetName, _ element: Element) -> String {
        guard let definition = sets[set] else { return set.rawValue }
        var plain = element
        plain.data.comment = nil
        return "\(definition.value == .none ? "set" : "map") \(set.rawValue) { \(plain.text(in: definition)) }"
    }

    /// Compares the element under a key with the desired one.
    ///
    /// - Parameter wanted: nil if there should be none.
    package mutating func check(_ set: SetName, _ key: ElementKey, wanted: ElementValue?) throws(SystemError) {
        let found = try element(set, key)?.element.data.value
        switch (wanted, found) {
        case (nil, nil): return
        case (let wanted?, let found?):
            note(
                .element, text(set, Element(key: key, data: ElementData(value: wanted))),
                found == wanted
                    ? .asWanted : .different("it is \(text(set, Element(key: key, data: ElementData(value: found))))"))
        case (let wanted?, nil):
            note(.element, text(set, Element(key: key, data: ElementData(value: wanted))), .missing)
        case (nil, let found?):
            note(.element, text(set, Element(key: key, data: ElementData(value: found))), .unwanted)
        }
    }

    /// Compares a whole set, or a requested part of it.
    package mutating func checkAll(
        _ set: SetName, wanted: [ElementKey], where isConcerned: (ElementKey) -> Bool = { _ in true }
    ) throws(SystemError) {
        let found = Set(try elements(set).map(\.element.key).filter(isConcerned))
        for key in wanted {
            note(.element, text(set, Element(key: key)), found.contains(key) ? .asWanted : .missing)
        }
        for key in found.subtracting(wanted) { note(.element, text(set, Element(key: key)), .unwanted) }
    }
}
