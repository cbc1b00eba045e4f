/// The notation of resource amounts: `100m`, `1.5`, `8Gi`, `1e3`.
enum Quantity {
    static func isNegative(_ text: String) -> Bool { text.hasPrefix("-") && text.contains { ("1"..."9").contains($0) } }

    /// Whether an amount has no fraction, as countable resources need.
    static func isWhole(_ text: String) -> Bool {
        let fractional = text.hasSuffix("m") || text.hasSuffix("u") || text.hasSuffix("n") || text.contains(".")
        return !fractional
    }
}
