/// How many service ports need something that the table holds once.
package struct UseCounts<Item: Hashable & Sendable>: Sendable {
    private var counts: [Item: Int] = [:]

    package init() {}

    /// What is needed, in any order.
    package var items: Dictionary<Item, Int>.Keys { counts.keys }

    package func contains(_ item: Item) -> Bool { counts[item] != nil }

    /// Whether nobody needed it before.
    package mutating func retain(_ item: Item) -> Bool {
        counts[item, default: 0] += 1
        return counts[item] == 1
    }

    /// Whether nobody needs it any more.
    package mutating func release(_ item: Item) -> Bool {
        guard let count = counts[item] else { return false }
        counts[item] = count > 1 ? count - 1 : nil
        return count <= 1
    }
}
