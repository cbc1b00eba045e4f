/// The notation of resource amounts: `100m`, `1.5`, `8Gi`, `1e3`.
enum Quantity {
    private static let suffixes: Set<Substring> = [
        "", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei",
    ]

    static func isValid(_ text: String) -> Bool {
        var rest = text[...]
        if rest.first == "-" || rest.first == "+" { rest = rest.dropFirst() }
        let whole = rest.prefix { $0.isASCII && $0.isNumber }
        rest = rest.dropFirst(whole.count)
        var digits = whole.count
        if rest.first == "." {
            rest = rest.dropFirst()
            let fraction = rest.prefix { $0.isASCII && $0.isNumber }
            digits += fraction.count
            rest = rest.dropFirst(fraction.count)
        }
        guard digits > 0 else { return false }
        if suffixes.contains(rest) { return true }
        guard rest.first == "e" || rest.first == "E" else { return false }
        return Int(rest.dropFirst()) != nil
    }

    static func isNegative(_ text: String) -> Bool { text.hasPrefix("-") && text.contains { ("1"..."9").contains($0) } }

    /// Whether an amount has no fraction, as countable resources need.
    static func isWhole(_ text: String) -> Bool {
        let fractional = text.hasSuffix("m") || text.hasSuffix("u") || text.hasSuffix("n") || text.contains(".")
        return !fractional
    }
}
