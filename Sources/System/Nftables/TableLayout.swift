/// A table's comment and sets, the same in both families.
package struct TableLayout: Sendable {
    package let comment: String
    package let sets: [SetDefinition]
    /// Whether the kernel removes the table when the socket that made it is closed (NFT_TABLE_F_OWNER, Linux 5.12).
    package let endsWithSocket: Bool
    private let byName: [SetName: SetDefinition]

    /// - Parameter sets: each name once.
    package init(comment: String, sets: [SetDefinition], endsWithSocket: Bool = false) {
        self.comment = comment
        self.sets = sets
        self.endsWithSocket = endsWithSocket
        byName = Dictionary(sets.map { ($0.name, $0) }) { $1 }
    }

    /// nil for a set that this table does not have.
    package subscript(_ name: SetName) -> SetDefinition? { byName[name] }
}
