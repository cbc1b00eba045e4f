package import JSONStream
package import KubeSchema
package import NetworkAddress

/// The rules of addresses and ports in API fields.
package enum AddressValidation {
    static let notAnAddress = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
    static let portRange = "must be between 1 and 65535, inclusive"

    /// An address in any of its spellings, but for those that programs read in more than one way (KEP-4858).
    package static func ip(_ text: String, _ path: FieldPath) -> [FieldError] {
        guard let address = IPAddress(text) else { return [.invalid(path, .string(text), notAnAddress)] }
        return ambiguity(text, address).map { [.invalid(path, .string(text), $0)] } ?? []
    }

    package static func isAmbiguous(_ text: String, _ address: IPAddress) -> Bool { ambiguity(text, address) != nil }

    /// What makes an address one thing to some programs and another to others.
    private static func ambiguity(_ text: String, _ address: IPAddress) -> String? {
        if hasLeadingZeros(text) { return "must not have leading 0s" }
        let isMapped = address.family == .ipv4 && text.utf8.contains(UInt8(ascii: ":"))
        return isMapped ? "must not be an IPv4-mapped IPv6 address" : nil
    }

    /// Whether one of the decimal numbers begins with a zero that it could do without.
    private static func hasLeadingZeros(_ text: String) -> Bool {
        guard text.utf8.contains(UInt8(ascii: ".")) else { return false }
        // The byte before, and whether it is a zero that begins a number. In one pass: there may be many endpoints.
        var (isStart, isZero) = (true, false)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: ":"), UInt8(ascii: "."): (isStart, isZero) = (true, false)
            default:
                if isZero { return true }
                (isStart, isZero) = (false, isStart && byte == UInt8(ascii: "0"))
            }
        }
        return false
    }

    package static func cidr(_ text: String, _ path: FieldPath) -> [FieldError] {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard isNetwork(text), let address = IPAddress(String(parts[0])), let network = IPNetwork(text) else {
            return [.invalid(path, .string(text), "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)")]
        }
        let problem: String
        if hasLeadingZeros(String(parts[0])) || parts[1].utf8.count > 1 && parts[1].hasPrefix("0") {
            problem = "must not have leading 0s in IP or prefix length"
        } else if ambiguity(String(parts[0]), address) != nil {
            problem = "must not have an IPv4-mapped IPv6 address"
        } else if address != network.address {
            problem = "must not have bits set beyond the prefix length"
        } else {
            return []
        }
        return [.invalid(path, .string(text), problem)]
    }

    /// A range in the one spelling that newer kinds take.
    package static func canonicalCIDR(_ text: String, _ path: FieldPath) -> [FieldError] {
        let errors = cidr(text, path)
        guard errors.isEmpty else { return errors }
        guard let network = IPNetwork(text), network.description == text else {
            let canonical = IPNetwork(text)?.description ?? ""
            return [.invalid(path, .string(text), "must be in canonical form (\"\(canonical)\")")]
        }
        return []
    }

    /// An address with a prefix length, of whatever spelling.
    static func isNetwork(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPAddress(String(parts[0])), let length = Int(parts[1]),
            parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return false }
        return (0...address.family.bitWidth).contains(length)
    }

    /// Addresses that no endpoint or external IP may have.
    package static func nonSpecial(_ text: String, _ path: FieldPath) -> [FieldError] {
        guard let address = IPAddress(text) else { return [.invalid(path, .string(text), notAnAddress)] }
        return nonSpecial(address, text, path)
    }

    /// Addresses that are not ambiguous, and not special either.
    package static func plain(_ text: String, _ path: FieldPath) -> [FieldError] {
        let errors = ip(text, path)
        return errors.isEmpty ? nonSpecial(text, path) : errors
    }

    package static func nonSpecial(_ address: IPAddress, _ text: String, _ path: @autoclosure () -> FieldPath)
        -> [FieldError]
    {
        var errors: [FieldError] = []
        if address.isUnspecified {
            errors.append(.invalid(path(), .string(text), "may not be unspecified (\(text))"))
        }
        if address.isLoopback {
            errors.append(.invalid(path(), .string(text), "may not be in the loopback range (127.0.0.0/8, ::1/128)"))
        }
        if address.isLinkLocal {
            errors.append(
                .invalid(path(), .string(text), "may not be in the link-local range (169.254.0.0/16, fe80::/10)"))
        }
        let isLinkLocalMulticast =
            address.family == .ipv4 ? address.value >> 8 == 0xE00000 : address.value >> 112 & 0xFF0F == 0xFF02
        if isLinkLocalMulticast {
            errors.append(
                .invalid(
                    path(), .string(text), "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)"))
        }
        return errors
    }

    package static func port(_ number: Int64, _ path: FieldPath) -> [FieldError] {
        (1...65535).contains(number) ? [] : [.invalid(path, .integer(number), portRange)]
    }

    package static func portOrName(_ value: JSONValue?, _ path: FieldPath) -> [FieldError] {
        switch value {
        case .string(let name)?: Names.portName(name).map { .invalid(path, .string(name), $0) }
        case .integer(let number)?: port(number, path)
        default: port(0, path)
        }
    }
}
