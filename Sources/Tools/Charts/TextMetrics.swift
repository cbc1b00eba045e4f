/// How much room text takes. The reader's font is not known, so widths are those of DejaVu Sans, which is wider than
/// the fonts that the charts ask for first: text may take less room than reserved, never more.
enum TextMetrics {
    /// Width in pixels at a font size in pixels.
    static func width(_ text: String, size: Double, bold: Bool = false) -> Double {
        let ems = text.unicodeScalars.reduce(0.0) { $0 + width(of: $1) }
        return ems * size * (bold ? 1.1 : 1)
    }

    /// Lines of at most `width` pixels, broken at spaces. Words too long for a line are cut, as is what does not fit
    /// into `limit` lines; an ellipsis stands for it.
    static func wrap(
        _ text: String, size: Double, bold: Bool = false, width: Double, lines limit: Int
    ) -> [String] {
        var lines: [String] = []
        for word in text.split(whereSeparator: \.isWhitespace) {
            if let line = lines.last, Self.width(line + " " + word, size: size, bold: bold) <= width {
                lines[lines.count - 1] = line + " " + word
            } else {
                lines.append(truncate(String(word), size: size, bold: bold, width: width))
            }
        }
        guard lines.count > limit else { return lines }
        let last = lines[limit - 1] + " " + lines[limit]
        let cut = truncate(last, size: size, bold: bold, width: width)
        return lines.prefix(limit - 1) + [cut.hasSuffix("…") ? cut : cut + "…"]
    }

    /// As ``wrap(_:size:bold:width:lines:)``, with lines of about the same length, so that no word stands alone.
    static func balance(
        _ text: String, size: Double, bold: Bool = false, width: Double, lines limit: Int
    ) -> [String] {
        let widest = wrap(text, size: size, bold: bold, width: width, lines: limit)
        guard widest.count > 1, widest.last?.hasSuffix("…") == false else { return widest }
        var (low, high) = (width / 2, width)
        while high - low > 4 {
            let middle = (low + high) / 2
            let lines = wrap(text, size: size, bold: bold, width: middle, lines: limit + 1)
            if lines.count > widest.count || lines.contains(where: { $0.hasSuffix("…") }) {
                low = middle
            } else {
                high = middle
            }
        }
        return wrap(text, size: size, bold: bold, width: high, lines: limit)
    }

    /// `text`, cut with an ellipsis if it is wider than `width`.
    static func truncate(_ text: String, size: Double, bold: Bool = false, width: Double) -> String {
        guard Self.width(text, size: size, bold: bold) > width else { return text }
        var result = ""
        var used = Self.width("…", size: size, bold: bold)
        for character in text {
            used += Self.width(String(character), size: size, bold: bold)
            guard used <= width else { break }
            result.append(character)
        }
        while result.last == " " { result.removeLast() }
        return result + "…"
    }

    private static func width(of scalar: Unicode.Scalar) -> Double {
        switch scalar {
        case "i", "j", "l", "'", "|": 0.33
        case " ", ".", ",", ":", ";", "!", "/", "\\", "f", "I", "-", "(", ")", "[", "]", "r", "t": 0.41
        case "m": 0.98
        case "w", "M", "–", "+", "=", "<", ">", "−", "~", "×", "#", "&": 0.86
        case "W", "@", "%", "—", "…": 1.0
        case "a"..."z", "0"..."9", "_", "$", "?": 0.64
        case "A"..."Z": 0.75
        // Combining marks and joiners stand on the character before.
        case "\u{300}"..."\u{36F}", "\u{200B}"..."\u{200F}", "\u{FE00}"..."\u{FE0F}": 0
        // Other alphabets up to Hebrew; beyond them wide ones are likely.
        case "\u{A1}"..."\u{5FF}": 0.8
        default: 1.0
        }
    }
}
