/// A cheap sign that a table was flushed, or that rules were added or removed.
struct TableShape: Hashable {
    var hooks: TableHooks
    var entryCount: Int
    /// Bytes of all entries.
    var size: Int
}

extension TableImage {
    var shape: TableShape {
        TableShape(hooks: hooks, entryCount: entryCount, size: bytes.count - EntryLayout.replaceHeader)
    }
}
