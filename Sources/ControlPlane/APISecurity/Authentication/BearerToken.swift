/// The token of an Authorization header.
enum BearerToken {
    /// Nil if the header holds no bearer token, whatever else it holds.
    static func parse(_ header: String) -> String? {
        let parts = header.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: true)
        guard parts.count >= 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }
}
