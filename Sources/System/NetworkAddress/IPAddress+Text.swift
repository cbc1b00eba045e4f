extension IPAddress: LosslessStringConvertible {
    /// Parses dotted decimal or the forms of RFC 4291. Octets may have leading zeros and are decimal even then, since
    /// older API servers stored such addresses. An IPv4-mapped IPv6 address is the IPv4 address, as in Go.
    public init?(_ text: String) {
        if text.utf8.contains(UInt8(ascii: ":")) {
            var utf8 = Array(text.utf8)[...]
            guard let value = Self.parseIPv6(&utf8) else { return nil }
            if value >> 32 == 0xFFFF {
                self.init(family: .ipv4, value: value)
            } else {
                self.init(family: .ipv6, value: value)
            }
        } else {
            guard let value = Self.parseIPv4(text.utf8) else { return nil }
            self.init(ipv4: value)
        }
    }

    private static func parseIPv4(_ text: some Sequence<UInt8>) -> UInt32? {
        var value: UInt32 = 0
        var octet: UInt32 = 0
        var digits = 0
        var dots = 0
        for byte in text {
            if byte == UInt8(ascii: ".") {
                guard digits > 0, dots < 3 else { return nil }
                value = value << 8 | octet
                octet = 0
                digits = 0
                dots += 1
                continue
            }
            guard byte >= 0x30, byte <= 0x39, digits < 8 else { return nil }
            octet = octet * 10 + UInt32(byte - 0x30)
            digits += 1
            guard octet <= 255 else { return nil }
        }
        return digits > 0 && dots == 3 ? value << 8 | octet : nil
    }

    private static func parseIPv6(_ text: inout ArraySlice<UInt8>) -> UInt128? {
        var groups: [UInt16] = []
        var gap: Int?
        if text.starts(with: [UInt8(ascii: ":"), UInt8(ascii: ":")]) {
            gap = 0
            text = text.dropFirst(2)
        }
        while !text.isEmpty {
            let end = text.firstIndex(of: UInt8(ascii: ":")) ?? text.endIndex
            let part = text[text.startIndex..<end]
            if part.contains(UInt8(ascii: ".")) {
                guard end == text.endIndex, let ipv4 = parseIPv4(part) else { return nil }
                groups += [UInt16(ipv4 >> 16), UInt16(ipv4 & 0xFFFF)]
                text = []
                break
            }
            guard let group = hexGroup(part) else { return nil }
            groups.append(group)
            text = text[end...].dropFirst()
            if end == text.endIndex { break }
            if text.isEmpty { return nil }
            if text.first == UInt8(ascii: ":") {
                guard gap == nil else { return nil }
                gap = groups.count
                text = text.dropFirst()
            }
        }
        guard gap == nil ? groups.count == 8 : groups.count <= 7 else { return nil }
        if let gap { groups.insert(contentsOf: repeatElement(0, count: 8 - groups.count), at: gap) }
        return groups.reduce(UInt128(0)) { $0 << 16 | UInt128($1) }
    }

    private static func hexGroup(_ text: ArraySlice<UInt8>) -> UInt16? {
        guard !text.isEmpty, text.count <= 4 else { return nil }
        var value: UInt16 = 0
        for byte in text {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
            value = value << 4 | UInt16(digit)
        }
        return value
    }

    /// The canonical form (RFC 5952).
    public var description: String {
        if family == .ipv4 {
            return "\(value >> 24 & 0xFF).\(value >> 16 & 0xFF).\(value >> 8 & 0xFF).\(value & 0xFF)"
        }
        let groups = (0..<8).map { UInt16(truncatingIfNeeded: value >> UInt128(112 - 16 * $0)) }
        guard let zeros = Self.longestZeroRun(groups) else { return Self.joined(groups[...]) }
        return Self.joined(groups[..<zeros.lowerBound]) + "::" + Self.joined(groups[zeros.upperBound...])
    }

    private static func joined(_ groups: ArraySlice<UInt16>) -> String {
        groups.map { String($0, radix: 16) }.joined(separator: ":")
    }

    /// The first of the longest runs of at least two zero groups.
    private static func longestZeroRun(_ groups: [UInt16]) -> Range<Int>? {
        var best: Range<Int>?
        var start: Int?
        for index in 0...groups.count {
            if index < groups.count, groups[index] == 0 {
                start = start ?? index
            } else if let begin = start {
                if index - begin >= 2, index - begin > best?.count ?? 0 { best = begin..<index }
                start = nil
            }
        }
        return best
    }

    /// The address as written before a port: IPv6 in brackets.
    public var bracketed: String { family == .ipv4 ? description : "[\(description)]" }
}
