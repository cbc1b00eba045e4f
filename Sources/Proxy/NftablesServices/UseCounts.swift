/// Counts the Service ports that need an item which the table holds once.
package struct UseCounts<Item: Hashable & Sendable>: Sendable {
    private var counts: [Item: Int] = [:]

    package init() {}

    /// The needed items, in any order.
    package var items: Dictionary<Item, Int>.Keys { counts.keys }

    package func contains(_ item: Item) -> Bool { counts[item] != nil }

    /// Returns whether this is the first user.
    package mutating func retain(_ item: Item) -> Bool {
        counts[item, default: 0] += 1
        return counts[item] == 1
    }

    /// Returns whether this was the last user.
    package mutating func release(_ item: Item) -> Bool {
        guard let count = counts[item] else { return false }
        counts[item] = count > 1 ? count - 1 : nil
        return count <= 1
    }
}
