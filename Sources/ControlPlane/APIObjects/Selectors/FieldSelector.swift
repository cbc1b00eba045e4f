/// A field selector as it stands in a query: `metadata.name=a,spec.type!=ClusterIP`.
package struct FieldSelector: Hashable, Sendable {
    package struct Term: Hashable, Sendable {
        package var field: String
        package var value: String
        package var isEqual: Bool

        package init(field: String, value: String, isEqual: Bool) {
            self.field = field
            self.value = value
            self.isEqual = isEqual
        }
    }

    package var terms: [Term]
    var isEmpty: Bool { terms.isEmpty }

    package struct ParseError: Error { package var message: String }

    init(terms: [Term] = []) { self.terms = terms }

    package init(_ text: String) throws(ParseError) {
        var terms: [Term] = []
        for part in Self.split(text) where !part.isEmpty {
            guard let term = try Self.term(part) else {
                throw ParseError(message: "invalid selector: '\(text)'; can't understand '\(part)'")
            }
            terms.append(term)
        }
        self.terms = terms
    }

    /// The parts between commas that no backslash escapes.
    private static func split(_ text: String) -> [String] {
        var parts = [""]
        var escaped = false
        for character in text {
            if escaped {
                parts[parts.count - 1].append("\\")
                parts[parts.count - 1].append(character)
                escaped = false
            } else if character == "\\" {
                escaped = true
            } else if character == "," {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
        }
        if escaped { parts[parts.count - 1].append("\\") }
        return parts
    }

    private static func term(_ part: String) throws(ParseError) -> Term? {
        guard let sign = part.firstIndex(of: "=") else { return nil }
        var field = part[..<sign]
        var value = part[part.index(after: sign)...]
        let isEqual = field.last != "!"
        if !isEqual { field = field.dropLast() }
        if isEqual, value.first == "=" { value = value.dropFirst() }
        guard !field.isEmpty else { return nil }
        return Term(field: String(field), value: try unescaped(value), isEqual: isEqual)
    }

    private static func unescaped(_ value: Substring) throws(ParseError) -> String {
        var text = ""
        var escaped = false
        for character in value {
            if escaped {
                guard "\\,=".contains(character) else {
                    throw ParseError(message: "invalid field selector: invalid escape sequence: \\\(character)")
                }
                text.append(character)
                escaped = false
            } else if character == "\\" {
                escaped = true
            } else if character == "=" {
                throw ParseError(message: "invalid field selector: unescaped character in value: =")
            } else {
                text.append(character)
            }
        }
        if escaped { throw ParseError(message: "invalid field selector: trailing backslash") }
        return text
    }
}
