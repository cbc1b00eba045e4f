/// How many values are read at once: as many as make some megabytes, by the size of those that came before.
struct PageSize: Hashable, Sendable {
    static let most = 4096
    /// In bytes.
    private static let wanted = 4 << 20

    private(set) var count = 256

    /// - Parameters:
    ///   - objects: how many came.
    ///   - bytes: how large they were together.
    mutating func note(objects: Int, bytes: Int) {
        guard objects > 0 else { return }
        let fitting = Self.wanted / max(1, bytes / objects)
        // Not at once to the most: the next may be larger.
        count = min(max(fitting, 1), count * 4, Self.most)
    }
}
