package import KubeAPI

/// A label selector as it stands in a query: `a=b,c!=d,e in (f,g),h notin (i),j,!k,l>5`.
extension LabelSelector {
    package struct ParseError: Error { package var message: String }

    package init(_ text: String) throws(ParseError) {
        var parser = QueryParser(text)
        self.init(matchExpressions: try parser.requirements())
    }

    private enum Token: Equatable {
        case identifier(String)
        case symbol(String)
        case end

        var text: String {
            switch self {
            case .identifier(let text), .symbol(let text): text
            case .end: ""
            }
        }
    }

    private struct QueryParser {
        private var tokens: [Token] = []
        private var position = 0

        init(_ text: String) {
            var rest = text.unicodeScalars[...]
            while let first = rest.first {
                if " \t\r\n".unicodeScalars.contains(first) {
                    rest = rest.dropFirst()
                } else if "=!<>".unicodeScalars.contains(first) {
                    let pair = String(String.UnicodeScalarView(rest.prefix(2)))
                    let length = pair == "==" || pair == "!=" ? 2 : 1
                    tokens.append(.symbol(String(String.UnicodeScalarView(rest.prefix(length)))))
                    rest = rest.dropFirst(length)
                } else if "(),".unicodeScalars.contains(first) {
                    tokens.append(.symbol(String(Character(first))))
                    rest = rest.dropFirst()
                } else {
                    let word = rest.prefix { !" \t\r\n=!<>(),".unicodeScalars.contains($0) }
                    tokens.append(.identifier(String(String.UnicodeScalarView(word))))
                    rest = rest.dropFirst(word.count)
                }
            }
        }

        private var next: Token { position < tokens.count ? tokens[position] : .end }

        private mutating func take() -> Token {
            defer { position += 1 }
            return next
        }

        mutating func requirements() throws(ParseError) -> [Requirement] {
            var found: [Requirement] = []
            guard next != .end else { return found }
            while true {
                found.append(contentsOf: try requirement())
                switch take() {
                case .end: return found
                case .symbol(","):
                    guard case .identifier = next else {
                        if next == .symbol("!") { continue }
                        throw ParseError(message: "found '\(next.text)', expected: identifier after ','")
                    }
                case let other: throw ParseError(message: "found '\(other.text)', expected: ',' or 'end of string'")
                }
            }
        }

        private mutating func requirement() throws(ParseError) -> [Requirement] {
            if next == .symbol("!") {
                position += 1
                return [Requirement(try key(), .doesNotExist)]
            }
            let key = try key()
            let operation = next
            switch operation {
            case .end, .symbol(","): return [Requirement(key, .exists)]
            case .symbol("="), .symbol("=="):
                position += 1
                return [Requirement(key, .isIn, [try value(key)])]
            case .symbol("!="):
                position += 1
                return [Requirement(key, .notIn, [try value(key)])]
            case .identifier("in"):
                position += 1
                return [Requirement(key, .isIn, try values(key))]
            case .identifier("notin"):
                position += 1
                return [Requirement(key, .notIn, try values(key))]
            case .symbol(">"), .symbol("<"):
                position += 1
                let text = try value(key)
                guard Int64(text) != nil else {
                    throw ParseError(
                        message:
                            "values[0][\(key)]: Invalid value: \"\(text)\": for 'Gt', 'Lt' operators, the value must "
                            + "be an integer")
                }
                return [Requirement(key, operation == .symbol(">") ? .greaterThan : .lessThan, [text])]
            case let other:
                throw ParseError(message: "found '\(other.text)', expected: in, notin, =, ==, !=, gt, lt")
            }
        }

        private mutating func key() throws(ParseError) -> String {
            let token = take()
            guard case .identifier(let key) = token else {
                throw ParseError(message: "found '\(token.text)', expected: identifier")
            }
            if let problem = Names.qualifiedName(key).first {
                throw ParseError(message: "key: Invalid value: \"\(key)\": \(problem)")
            }
            return key
        }

        /// One value; an empty one may be written as nothing.
        private mutating func value(_ key: String) throws(ParseError) -> String {
            switch next {
            case .end, .symbol(","):
                return ""
            case .identifier(let text):
                position += 1
                return try checked(text, key)
            case .symbol(let text):
                throw ParseError(message: "found '\(text)', expected: identifier")
            }
        }

        private mutating func values(_ key: String) throws(ParseError) -> [String] {
            let open = take()
            guard open == .symbol("(") else { throw ParseError(message: "found '\(open.text)', expected: '('") }
            var found: Set<String> = []
            while true {
                switch take() {
                case .symbol(")"):
                    if found.isEmpty { found.insert("") }
                    return found.sorted()
                case .symbol(","):
                    if next == .symbol(",") || next == .symbol(")") { found.insert("") }
                case .identifier(let text):
                    found.insert(try checked(text, key))
                    guard next == .symbol(",") || next == .symbol(")") else {
                        throw ParseError(message: "found '\(next.text)', expected: ',' or ')'")
                    }
                case let other:
                    throw ParseError(message: "found '\(other.text)', expected: ',', ')' or identifier")
                }
            }
        }

        private func checked(_ text: String, _ key: String) throws(ParseError) -> String {
            if let problem = Names.labelValue(text).first {
                throw ParseError(message: "values[0][\(key)]: Invalid value: \"\(text)\": \(problem)")
            }
            return text
        }
    }
}
