/// The forms of names, as RFC 1123 and the API conventions have them. Each function returns what is wrong, in the words
/// that clients know; an empty list means valid.
package enum Names {
    private static func isLower(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) || isDigit(byte) }
    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private static func isAlphanumeric(_ byte: UInt8) -> Bool { isLower(byte) || (0x41...0x5A).contains(byte) }

    static func tooLong(_ limit: Int) -> String { "must be no more than \(limit) bytes" }
    static let empty = "must be non-empty"

    private static let suffixLetters = Array("bcdfghjklmnpqrstvwxz2456789")

    /// What is put behind `generateName`: five letters that make no words.
    package static func randomSuffix() -> String { String((0..<5).map { _ in suffixLetters.randomElement() ?? "x" }) }

    private static func isLabel(_ text: some Collection<UInt8>) -> Bool {
        guard let first = text.first, isLower(first) else { return false }
        var last = first
        for byte in text {
            guard isLower(byte) || byte == UInt8(ascii: "-") else { return false }
            last = byte
        }
        return isLower(last)
    }

    package static func dnsLabel(_ text: String) -> [String] {
        var problems: [String] = []
        if text.utf8.count > 63 { problems.append(tooLong(63)) }
        if !isLabel(text.utf8) {
            // What would be well as a subdomain has only its dots wrong.
            if text.utf8.count <= 253, dnsSubdomain(text).isEmpty { return problems + ["must not contain dots"] }
            problems.append(
                "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start "
                    + "and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for "
                    + "validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')")
        }
        return problems
    }

    /// Labels with dots between them, in one pass: names of nodes are checked for every endpoint.
    private static func isSubdomain(_ text: String.UTF8View) -> Bool {
        var previous = UInt8(ascii: ".")
        for byte in text {
            switch byte {
            case UInt8(ascii: "."), UInt8(ascii: "-"):
                let endsLabel = byte == UInt8(ascii: ".")
                if previous == UInt8(ascii: ".") || endsLabel && previous == UInt8(ascii: "-") { return false }
            default:
                guard isLower(byte) else { return false }
            }
            previous = byte
        }
        return isLower(previous)
    }

    package static func dnsSubdomain(_ text: String) -> [String] {
        var problems: [String] = []
        if text.utf8.count > 253 { problems.append(tooLong(253)) }
        if !isSubdomain(text.utf8) {
            problems.append(
                "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and "
                    + "must start and end with an alphanumeric character (e.g. 'example.com', regex used for "
                    + #"validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"#)
        }
        return problems
    }

    /// The port names of pods: at most 15 characters with a letter (IANA_SVC_NAME).
    package static func portName(_ text: String) -> [String] {
        var problems: [String] = []
        if text.utf8.count > 15 { problems.append("must be no more than 15 characters") }
        if !text.utf8.allSatisfy({ isLower($0) || $0 == UInt8(ascii: "-") }) || text.isEmpty {
            problems.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
        }
        if !text.utf8.contains(where: { isLower($0) && !isDigit($0) }) {
            problems.append("must contain at least one letter (a-z)")
        }
        if text.contains("--") { problems.append("must not contain consecutive hyphens") }
        if text.hasPrefix("-") || text.hasSuffix("-") { problems.append("must not begin or end with a hyphen") }
        return problems
    }

    private static func isNamePart(_ text: some Collection<UInt8>) -> Bool {
        guard let first = text.first, isAlphanumeric(first) else { return false }
        var last = first
        for byte in text {
            guard isAlphanumeric(byte) || "-_.".utf8.contains(byte) else { return false }
            last = byte
        }
        return isAlphanumeric(last)
    }

    /// Keys of labels and annotations, finalizers: `name` or `prefix/name`.
    package static func qualifiedName(_ text: String) -> [String] {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let form =
            "alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. "
            + "'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
            + "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
        var problems: [String] = []
        let name: Substring
        switch parts.count {
        case 1:
            name = parts[0]
        case 2:
            name = parts[1]
            if parts[0].isEmpty {
                problems.append("prefix part \(empty)")
            } else {
                problems += dnsSubdomain(String(parts[0])).map { "prefix part \($0)" }
            }
        default:
            return [
                "a valid label key must consist of \(form) with an optional DNS subdomain prefix and '/' (e.g. "
                    + "'example.com/MyName')"
            ]
        }
        if name.isEmpty {
            problems.append("name part \(empty)")
        } else if name.utf8.count > 63 {
            problems.append("name part \(tooLong(63))")
        }
        if !isNamePart(name.utf8) { problems.append("name part must consist of \(form)") }
        return problems
    }

    package static func labelValue(_ text: String) -> [String] {
        var problems: [String] = []
        if text.utf8.count > 63 { problems.append(tooLong(63)) }
        if !text.isEmpty, !isNamePart(text.utf8) {
            problems.append(
                "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and "
                    + "must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', "
                    + "regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')")
        }
        return problems
    }

    /// The keys of ConfigMaps and Secrets, which become names of files.
    package static func dataKey(_ text: String) -> [String] {
        var problems: [String] = []
        if text.utf8.count > 253 { problems.append(tooLong(253)) }
        if text.isEmpty || !text.utf8.allSatisfy({ isAlphanumeric($0) || "-._".utf8.contains($0) }) {
            problems.append(
                "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or "
                    + "'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')")
        }
        switch text {
        case ".": problems.append("must not be '.'")
        case "..": problems.append("must not be '..'")
        case _ where text.hasPrefix(".."): problems.append("must not start with '..'")
        default: break
        }
        return problems
    }

    /// Printable ASCII without the equals sign.
    package static func environmentVariable(_ text: String) -> [String] {
        text.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "=") }
            ? []
            : ["a valid environment variable name must consist only of printable ASCII characters other than '='"]
    }

    package static func httpHeader(_ text: String) -> [String] {
        !text.isEmpty && text.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
            ? []
            : [
                "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used "
                    + "for validation is '[-A-Za-z0-9]+')"
            ]
    }

    /// As a subdomain, with underscores like letters.
    package static func dnsSubdomainWithUnderscore(_ text: String) -> [String] {
        dnsSubdomain(text.replacing("_", with: "a"))
    }

    /// User and group ids.
    package static func id(_ number: Int64) -> [String] {
        (0...Int64(Int32.max)).contains(number) ? [] : ["must be between 0 and 2147483647, inclusive"]
    }
}

extension Names {
    /// A name that can stand in a path: of roles and their bindings.
    package static func pathSegment(_ text: String) -> [String] {
        if text == "." || text == ".." { return ["may not be '\(text)'"] }
        return ["/", "%"].filter { text.contains($0) }.map { "may not contain '\($0)'" }
    }
}
