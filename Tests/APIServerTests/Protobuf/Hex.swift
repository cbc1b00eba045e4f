enum Hex {
    /// White space and `//` to the end of a line do not count.
    static func bytes(_ text: String) -> [UInt8] {
        let digits = text.split(separator: "\n").flatMap { line in
            let end = line.firstRange(of: "//")?.lowerBound ?? line.endIndex
            return line[..<end].filter { !$0.isWhitespace }
        }
        return stride(from: 0, to: digits.count - 1, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) }
    }
}
