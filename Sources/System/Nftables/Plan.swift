/// The changes of one transaction, as values: the difference between the kernel's state and the desired state.
package struct Plan: Hashable, Sendable {
    /// Removes the table first, since something in it cannot be changed in place.
    package var replacesTable = false
    package var addsTable = false
    /// Removes the table and adds nothing.
    package var removesTable = false
    package var addedSets: [SetDefinition] = []
    package var addedChains: [ChainDefinition] = []
    /// Chains whose rules are replaced.
    package var rewrittenChains: [ChainDefinition] = []
    package var deletedElements: [SetName: ElementList] = [:]
    package var addedElements: [SetName: ElementList] = [:]
    package var deletedChains: [String] = []
    package var deletedSets: [String] = []

    package init() {}

    package var isEmpty: Bool { self == Plan() }

    package static var removal: Plan {
        var plan = Plan()
        plan.removesTable = true
        return plan
    }

    package mutating func add(_ element: Element, to set: SetName) {
        addedElements[set, default: []].append(element)
    }

    package mutating func delete(_ element: Element, from set: SetName) {
        deletedElements[set, default: []].append(element)
    }

    /// How many objects (sets, chains, rules, elements) are added.
    package var addedCount: Int {
        addedSets.count + addedChains.count + (addedChains + rewrittenChains).reduce(0) { $0 + $1.rules.count }
            + addedElements.values.reduce(0) { $0 + $1.count }
    }

    /// How many objects are deleted.
    package var deletedCount: Int {
        deletedChains.count + deletedSets.count + deletedElements.values.reduce(0) { $0 + $1.count }
    }
}

extension Plan {
    /// One line per operation, in the order of the transaction.
    package func text(_ layout: TableLayout) -> String {
        var lines: [String] = []
        if replacesTable || removesTable { lines.append("delete table") }
        if addsTable || replacesTable { lines.append("add table") }
        lines += addedSets.map { "add set \($0.name.rawValue)" }
        lines += addedChains.map { "add chain \($0.name)" }
        lines += rewrittenChains.map { "flush chain \($0.name)" }
        for chain in addedChains + rewrittenChains {
            lines += chain.rules.map { "add rule \(chain.name) \($0.text)" }
        }
        for (verb, elements) in [("delete", deletedElements), ("add", addedElements)] {
            for set in elements.keys.sorted() {
                guard let definition = layout[set] else { continue }
                lines += (elements[set] ?? []).map { "\(verb) element \(set.rawValue) \($0.text(in: definition))" }
            }
        }
        lines += deletedChains.map { "flush chain \($0)" }
        lines += deletedSets.map { "delete set \($0)" }
        lines += deletedChains.map { "delete chain \($0)" }
        return lines.joined(separator: "\n")
    }
}
