/// What a table is made of besides chains: its comment and its sets, the same in both families.
package struct TableLayout: Sendable {
    /// Shown by nft.
    package let comment: String
    package let sets: [SetDefinition]
    private let byName: [SetName: SetDefinition]

    /// - Parameter sets: each name once.
    package init(comment: String, sets: [SetDefinition]) {
        self.comment = comment
        self.sets = sets
        byName = Dictionary(sets.map { ($0.name, $0) }) { $1 }
    }

    /// nil for a set that is not of this table.
    package subscript(_ name: SetName) -> SetDefinition? { byName[name] }
}
