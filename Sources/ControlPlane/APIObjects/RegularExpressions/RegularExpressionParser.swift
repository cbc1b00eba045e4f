/// Reads the syntax that Go's regexp/syntax documents.
struct RegularExpressionParser {
    typealias Problem = RegularExpression.Problem

    indirect enum Node: Sendable {
        case nothing
        case set(ScalarSet)
        case assertion(RegularExpression.Assertion)
        case sequence([Node])
        case choice([Node])
        /// No most: without end.
        case repeated(Node, least: Int, most: Int?)
    }

    private struct Flags {
        var ignoresCase = false
        var hasLines = false
        var dotTakesNewline = false
    }

    private static let mostRepeats = 1000
    private static let deepest = 200

    private let text: [Unicode.Scalar]
    private var place = 0
    private var flags = Flags()

    init(_ pattern: String) { text = Array(pattern.unicodeScalars) }

    mutating func parse() throws(Problem) -> Node {
        let node = try choice(depth: 0)
        guard place == text.count else { throw problem("unexpected )") }
        return node
    }

    private func problem(_ what: String) -> Problem { Problem(description: what) }

    private var next: Unicode.Scalar? { place < text.count ? text[place] : nil }

    private mutating func take(_ wanted: String) -> Bool {
        let scalars = Array(wanted.unicodeScalars)
        guard text[place...].starts(with: scalars) else { return false }
        place += scalars.count
        return true
    }

    private mutating func take() -> Unicode.Scalar? {
        guard let scalar = next else { return nil }
        place += 1
        return scalar
    }

    /// All up to an end, which is left behind; nil if there is none.
    private mutating func take(upTo end: String) -> String? {
        var taken = String.UnicodeScalarView()
        while place < text.count {
            if take(end) { return String(taken) }
            taken.append(text[place])
            place += 1
        }
        return nil
    }

    // MARK: Structure

    private mutating func choice(depth: Int) throws(Problem) -> Node {
        guard depth < Self.deepest else { throw problem("expression nests too deeply") }
        let outer = flags
        defer { flags = outer }
        var branches = [try sequence(depth)]
        while take("|") { branches.append(try sequence(depth)) }
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence(_ depth: Int) throws(Problem) -> Node {
        var nodes: [Node] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            if take("\\Q") {
                let literals = quoted().map { Node.set(ScalarSet($0, ignoresCase: flags.ignoresCase)) }
                nodes += literals.dropLast()
                // What follows repeats the last of them.
                if let last = literals.last { nodes.append(try repeated(last)) }
                continue
            }
            let node = try atom(depth)
            nodes.append(try repeated(node))
        }
        return nodes.count == 1 ? nodes[0] : .sequence(nodes)
    }

    private mutating func quoted() -> String.UnicodeScalarView {
        let start = place
        if let text = take(upTo: "\\E") { return text.unicodeScalars }
        var rest = String.UnicodeScalarView()
        rest.append(contentsOf: text[start...])
        place = text.count
        return rest
    }

    private mutating func repeated(_ node: Node) throws(Problem) -> Node {
        guard let (least, most) = try count() else { return node }
        // How much is taken first makes no difference to whether something is found.
        _ = take("?")
        let start = place
        guard try count() == nil else { throw problem("invalid nested repetition operator") }
        place = start
        return .repeated(node, least: least, most: most)
    }

    /// Nil if no repetition follows.
    private mutating func count() throws(Problem) -> (least: Int, most: Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        let start = place
        guard take("{"), let inner = take(upTo: "}") else {
            place = start
            return nil
        }
        let parts = inner.split(separator: ",", omittingEmptySubsequences: false)
        let isNumber = { (part: Substring) in !part.isEmpty && part.utf8.allSatisfy { (0x30...0x39).contains($0) } }
        guard parts.count <= 2, isNumber(parts[0]), parts.count == 1 || parts[1].isEmpty || isNumber(parts[1]) else {
            // It stands for itself.
            place = start
            return nil
        }
        let least = Int(parts[0]) ?? .max
        let most = parts.count == 1 ? least : parts[1].isEmpty ? nil : Int(parts[1]) ?? .max
        guard least <= Self.mostRepeats, most ?? least <= Self.mostRepeats, most ?? least >= least else {
            throw problem("invalid repeat count: {\(inner)}")
        }
        return (least, most)
    }

    private mutating func atom(_ depth: Int) throws(Problem) -> Node {
        guard let scalar = take() else { return .nothing }
        switch scalar {
        case "(": return try group(depth)
        case "[": return .set(try characterClass())
        case ".": return .set(flags.dotTakesNewline ? .any : .notNewline)
        case "^": return .assertion(flags.hasLines ? .lineStart : .textStart)
        case "$": return .assertion(flags.hasLines ? .lineEnd : .textEnd)
        case "*", "+", "?": throw problem("missing argument to repetition operator: \(scalar)")
        case "\\":
            if take("A") { return .assertion(.textStart) }
            if take("z") { return .assertion(.textEnd) }
            if take("b") { return .assertion(.wordBoundary) }
            if take("B") { return .assertion(.noWordBoundary) }
            if let set = try knownSet() { return .set(set) }
            return .set(ScalarSet(try escaped(), ignoresCase: flags.ignoresCase))
        default: return .set(ScalarSet(scalar, ignoresCase: flags.ignoresCase))
        }
    }

    private mutating func group(_ depth: Int) throws(Problem) -> Node {
        if take("?P<") || take("?<") {
            let name = take(upTo: ">") ?? ""
            guard !name.isEmpty, name.unicodeScalars.allSatisfy(ScalarSet.word.contains) else {
                throw problem("invalid named capture, or one that looks behind")
            }
        } else if take("?") {
            let outer = flags
            try readFlags()
            guard take(":") else {
                // They hold to the end of the group that this stands in.
                guard take(")") else { throw problem("invalid or unsupported Perl syntax: (?") }
                return .nothing
            }
            let node = try choice(depth: depth + 1)
            flags = outer
            guard take(")") else { throw problem("missing closing )") }
            return node
        }
        let node = try choice(depth: depth + 1)
        guard take(")") else { throw problem("missing closing )") }
        return node
    }

    private mutating func readFlags() throws(Problem) {
        var value = true
        while let scalar = next, scalar != ":", scalar != ")" {
            place += 1
            switch scalar {
            case "i": flags.ignoresCase = value
            case "m": flags.hasLines = value
            case "s": flags.dotTakesNewline = value
            case "U": break
            case "-" where value: value = false
            default: throw problem("invalid or unsupported Perl syntax: (?\(scalar)")
            }
        }
    }

    // MARK: Sets

    /// After a backslash: `\d`, `\pL`; nil for what is no set.
    private mutating func knownSet() throws(Problem) -> ScalarSet? {
        switch next {
        case "d", "D", "s", "S", "w", "W":
            let letter = take() ?? " "
            let set: ScalarSet =
                "dD".unicodeScalars.contains(letter) ? .digit : "sS".unicodeScalars.contains(letter) ? .space : .word
            return letter.properties.isUppercase ? set.inverted : set
        case "p", "P":
            let isInverted = take() == "P"
            var name = take("{") ? take(upTo: "}") ?? "" : take().map { String($0) } ?? ""
            let isCaret = name.hasPrefix("^")
            if isCaret { name.removeFirst() }
            guard let set = name == "Any" ? .any : ScalarSet.category(name) else {
                throw problem("invalid or unsupported character class range: \\p{\(name)}")
            }
            return isInverted != isCaret ? set.inverted : set
        default: return nil
        }
    }

    private mutating func escaped() throws(Problem) -> Unicode.Scalar {
        guard let scalar = take() else { throw problem("trailing backslash at end of expression") }
        switch scalar {
        case "n": return "\n"
        case "t": return "\t"
        case "r": return "\r"
        case "f": return "\u{C}"
        case "v": return "\u{B}"
        case "a": return "\u{7}"
        case "x":
            let digits = take("{") ? take(upTo: "}") ?? "" : String(String.UnicodeScalarView(text[place...].prefix(2)))
            if text[place - 1] != "}" { place += digits.unicodeScalars.count }
            guard digits.utf8.count <= 8, digits.first?.isHexDigit == true, let value = UInt32(digits, radix: 16),
                let scalar = Unicode.Scalar(value)
            else { throw problem("invalid escape sequence: \\x\(digits)") }
            return scalar
        case "0"..."7":
            var value = scalar.value - 48
            // One digit alone would mean what was found before.
            guard scalar == "0" || next.map({ ("0"..."7").contains($0) }) == true else { break }
            for _ in 0..<2 {
                guard let digit = next, ("0"..."7").contains(digit) else { break }
                place += 1
                value = value * 8 + (digit.value - 48)
            }
            if let scalar = Unicode.Scalar(value) { return scalar }
        case _ where scalar.isASCII && !ScalarSet.word.contains(scalar): return scalar
        case "_": return scalar
        default: break
        }
        throw problem("invalid escape sequence: \\\(scalar)")
    }

    private mutating func characterClass() throws(Problem) -> ScalarSet {
        let isNegated = take("^")
        var ranges: [ClosedRange<UInt32>] = []
        var parts: [ScalarSet] = []
        var isFirst = true
        while isFirst || next != "]" {
            isFirst = false
            guard next != nil else { throw problem("missing closing ]") }
            if take("[:") {
                var name = take(upTo: ":]") ?? ""
                let isInverted = name.hasPrefix("^")
                if isInverted { name.removeFirst() }
                guard let set = ScalarSet.named[name] else {
                    throw problem("invalid character class range: [:\(name):]")
                }
                parts.append(isInverted ? set.inverted : set)
                continue
            }
            let start = place
            if take("\\"), let set = try knownSet() {
                parts.append(set)
                continue
            }
            place = start
            let low = try classScalar()
            var high = low
            if next == "-", place + 1 < text.count, text[place + 1] != "]" {
                place += 1
                high = try classScalar()
            }
            guard low <= high else { throw problem("invalid character class range: \(low)-\(high)") }
            ranges.append(low.value...high.value)
        }
        place += 1
        return ScalarSet(ranges, parts: parts, isNegated: isNegated, ignoresCase: flags.ignoresCase)
    }

    private mutating func classScalar() throws(Problem) -> Unicode.Scalar {
        if take("\\") { return try escaped() }
        guard let scalar = take() else { throw problem("missing closing ]") }
        return scalar
    }
}
