/// Writes elements that are well-formed as XML and, for the elements used here, as HTML.
struct XMLWriter {
    private(set) var output = ""

    /// An element with children, on lines of its own.
    mutating func element(
        _ name: String, _ attributes: KeyValuePairs<String, String> = [:], content: (inout XMLWriter) -> Void
    ) {
        open(name, attributes)
        output += ">\n"
        content(&self)
        output += "</\(name)>\n"
    }

    /// An element that holds text alone.
    mutating func element(_ name: String, _ attributes: KeyValuePairs<String, String> = [:], text: String) {
        inline(name, attributes, text: text)
        output += "\n"
    }

    /// As ``element(_:_:text:)``, without a line break after it, for the words of a line.
    mutating func inline(_ name: String, _ attributes: KeyValuePairs<String, String> = [:], text: String) {
        open(name, attributes)
        output += ">" + Self.escape(text) + "</\(name)>"
    }

    /// An element of SVG without content.
    mutating func empty(_ name: String, _ attributes: KeyValuePairs<String, String> = [:]) {
        open(name, attributes)
        output += "/>\n"
    }

    /// Markup that is already right, such as a style sheet or the output of another writer.
    mutating func raw(_ markup: String) {
        output += markup
    }

    private mutating func open(_ name: String, _ attributes: KeyValuePairs<String, String>) {
        output += "<" + name
        for (key, value) in attributes where !value.isEmpty {
            output += " \(key)=\"\(Self.escape(value))\""
        }
    }

    /// Text for content and attributes. Characters that XML 1.0 forbids become U+FFFD.
    static func escape(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\t", "\n": result.unicodeScalars.append(scalar)
            case "\r": result += "\n"
            case "\u{0}"..<" ", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
