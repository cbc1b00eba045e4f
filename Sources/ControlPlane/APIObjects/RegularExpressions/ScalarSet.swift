/// What one place of a regular expression takes.
struct ScalarSet: Sendable {
    private(set) var ranges: [ClosedRange<UInt32>] = []
    private var categories: Set<Unicode.GeneralCategory> = []
    private var parts: [ScalarSet] = []
    private(set) var isNegated = false
    private var ignoresCase = false
    /// Whether it has each of the first 128 scalars: nearly all that is asked for.
    private var ascii: (UInt64, UInt64) = (0, 0)

    init(
        _ ranges: [ClosedRange<UInt32>] = [], categories: Set<Unicode.GeneralCategory> = [], parts: [ScalarSet] = [],
        isNegated: Bool = false, ignoresCase: Bool = false
    ) {
        self.ranges = ranges
        self.categories = categories
        self.parts = parts
        self.isNegated = isNegated
        self.ignoresCase = ignoresCase
        for value in 0..<UInt32(128) where decides(Unicode.Scalar(UInt8(value))) {
            if value < 64 { ascii.0 |= 1 << UInt64(value) } else { ascii.1 |= 1 << UInt64(value - 64) }
        }
    }

    init(_ scalar: Unicode.Scalar, ignoresCase: Bool = false) {
        self.init([scalar.value...scalar.value], ignoresCase: ignoresCase)
    }

    var inverted: ScalarSet {
        ScalarSet(
            ranges, categories: categories, parts: parts, isNegated: !isNegated, ignoresCase: ignoresCase)
    }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        let value = scalar.value
        if value < 64 { return ascii.0 & (1 << UInt64(value)) != 0 }
        if value < 128 { return ascii.1 & (1 << UInt64(value - 64)) != 0 }
        return decides(scalar)
    }

    private func decides(_ scalar: Unicode.Scalar) -> Bool {
        if has(scalar) { return !isNegated }
        guard ignoresCase else { return isNegated }
        let properties = scalar.properties
        let others = [properties.lowercaseMapping, properties.uppercaseMapping].compactMap { text in
            text.unicodeScalars.count == 1 ? text.unicodeScalars.first : nil
        }
        return others.contains(where: has) != isNegated
    }

    private func has(_ scalar: Unicode.Scalar) -> Bool {
        ranges.contains { $0.contains(scalar.value) } || parts.contains { $0.contains(scalar) }
            || !categories.isEmpty && categories.contains(scalar.properties.generalCategory)
    }

    // MARK: Known sets

    private static func ascii(_ texts: String...) -> ScalarSet {
        ScalarSet(
            texts.compactMap { text in
                guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last else { return nil }
                return first.value...last.value
            })
    }

    static let any = ScalarSet(isNegated: true)
    static let notNewline = ascii("\n").inverted
    static let digit = ascii("09")
    static let space = ascii("\t\n", "\u{C}\r", " ")
    static let word = ascii("09", "AZ", "az", "_")

    /// By the names of `[[:alpha:]]`.
    static let named: [String: ScalarSet] = [
        "alnum": ascii("09", "AZ", "az"), "alpha": ascii("AZ", "az"), "ascii": ascii("\u{0}\u{7F}"),
        "blank": ascii("\t", " "), "cntrl": ascii("\u{0}\u{1F}", "\u{7F}"), "digit": digit, "graph": ascii("!~"),
        "lower": ascii("az"), "print": ascii(" ~"), "punct": ascii("!/", ":@", "[`", "{~"),
        "space": ascii("\t\r", " "), "upper": ascii("AZ"), "word": word, "xdigit": ascii("09", "AF", "af"),
    ]

    /// By the names of `\p{Lu}`: the general categories of Unicode, and their groups by the first letter. Scripts are not
    /// known.
    static func category(_ name: String) -> ScalarSet? {
        let found = categories.filter { $0.key == name || name.count == 1 && $0.key.hasPrefix(name) }.map(\.value)
        return found.isEmpty ? nil : ScalarSet(categories: Set(found))
    }

    private static let categories: [String: Unicode.GeneralCategory] = [
        "Lu": .uppercaseLetter, "Ll": .lowercaseLetter, "Lt": .titlecaseLetter, "Lm": .modifierLetter,
        "Lo": .otherLetter, "Mn": .nonspacingMark, "Mc": .spacingMark, "Me": .enclosingMark, "Nd": .decimalNumber,
        "Nl": .letterNumber, "No": .otherNumber, "Pc": .connectorPunctuation, "Pd": .dashPunctuation,
        "Ps": .openPunctuation, "Pe": .closePunctuation, "Pi": .initialPunctuation, "Pf": .finalPunctuation,
        "Po": .otherPunctuation, "Sm": .mathSymbol, "Sc": .currencySymbol, "Sk": .modifierSymbol, "So": .otherSymbol,
        "Zs": .spaceSeparator, "Zl": .lineSeparator, "Zp": .paragraphSeparator, "Cc": .control, "Cf": .format,
        "Co": .privateUse, "Cs": .surrogate,
    ]
}
