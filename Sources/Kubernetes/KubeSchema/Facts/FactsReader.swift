/// Reads the text that `schema/make-facts` makes. It is lines of columns between tabs, in sections that begin with `#`:
///
/// - types: name, group/version/kind if it is an object of its own, flags (`A` applied as a whole, `k` has kind and
///   apiVersion), description; after each its fields, which begin with a tab: name, protobuf number, type, options,
///   description. A type is a word, the name of another type, `[` or `{` (a map from strings) before the type of the
///   elements, or `bool|`, `list|`, `strings|` before what else may stand there. The options are the presence (`o`, `p`,
///   `a`, `n`), then `r` (required), `i` (inlined), `s` (a set), `m=KEYS` (a list with keys), `A`, `P=KEY` (merged by
///   strategic merge patches), `R` (retainKeys), `d=JSON` (default).
/// - resources: see ``ResourceFact``.
/// - roles: a JSON object each.
struct FactsReader {
    private static let tab = UInt8(ascii: "\t")
    private static let newline = UInt8(ascii: "\n")

    let text: StaticString

    /// Where a section's lines are. Nothing is read of them.
    func section(_ name: String) -> Range<Int> {
        text.withUTF8Buffer { bytes in
            let head = Array("\n# \(name)\n".utf8)
            var start = 0
            while start + head.count <= bytes.count {
                if bytes[start] == Self.newline, bytes[start...].starts(with: head) {
                    let first = start + head.count
                    var end = first
                    // A section ends where the next one begins.
                    while end < bytes.count, !(bytes[end] == UInt8(ascii: "#") && bytes[end - 1] == Self.newline) {
                        end += 1
                    }
                    return first..<end
                }
                start += 1
            }
            return 0..<0
        }
    }

    /// The lines of a part of the text, without their ends.
    func lines(_ range: Range<Int>) -> [Range<Int>] {
        text.withUTF8Buffer { bytes in
            var lines: [Range<Int>] = []
            var start = range.lowerBound
            for position in range where bytes[position] == Self.newline {
                lines.append(start..<position)
                start = position + 1
            }
            if start < range.upperBound { lines.append(start..<range.upperBound) }
            return lines
        }
    }

    func columns(_ line: Range<Int>) -> [Range<Int>] {
        text.withUTF8Buffer { bytes in
            var columns: [Range<Int>] = []
            var start = line.lowerBound
            for position in line where bytes[position] == Self.tab {
                columns.append(start..<position)
                start = position + 1
            }
            columns.append(start..<line.upperBound)
            return columns
        }
    }

    func isIndented(_ line: Range<Int>) -> Bool {
        text.withUTF8Buffer { bytes in !line.isEmpty && bytes[line.lowerBound] == Self.tab }
    }

    func string(_ range: Range<Int>) -> String {
        text.withUTF8Buffer { bytes in String(decoding: bytes[range], as: UTF8.self) }
    }

    func bytes(_ range: Range<Int>) -> [UInt8] { text.withUTF8Buffer { Array($0[range]) } }

    /// Of each type its line and the lines of its fields, by its name.
    func types() -> [(name: String, head: Range<Int>, fields: Range<Int>)] {
        var types: [(name: String, head: Range<Int>, fields: Range<Int>)] = []
        text.withUTF8Buffer { bytes in
            let range = section("types")
            var start = range.lowerBound
            while start < range.upperBound {
                var end = start
                while end < range.upperBound, bytes[end] != Self.newline { end += 1 }
                if bytes[start] == Self.tab {
                    types[types.count - 1].fields = types[types.count - 1].fields.lowerBound..<(end + 1)
                } else {
                    var nameEnd = start
                    while nameEnd < end, bytes[nameEnd] != Self.tab { nameEnd += 1 }
                    types.append((string(start..<nameEnd), start..<end, (end + 1)..<(end + 1)))
                }
                start = end + 1
            }
        }
        return types
    }
}
