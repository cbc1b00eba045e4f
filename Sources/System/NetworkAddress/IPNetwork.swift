/// A range of addresses with a common prefix, written as CIDR.
public struct IPNetwork: Hashable, Sendable, Comparable {
    /// The first address: bits behind the prefix are zero.
    public let address: IPAddress
    /// 0...32 or 0...128.
    public let prefixLength: Int

    /// Clears the bits of `address` behind the prefix; nil if the length does not fit the family.
    public init?(address: IPAddress, prefixLength: Int) {
        guard (0...address.family.bitWidth).contains(prefixLength) else { return nil }
        self.address = IPAddress(
            family: address.family, value: address.value & Self.mask(address.family, prefixLength))
        self.prefixLength = prefixLength
    }

    /// The network that holds this address alone.
    public init(_ address: IPAddress) {
        self.address = address
        self.prefixLength = address.family.bitWidth
    }

    public var family: IPFamily { address.family }
    public var mask: IPAddress { IPAddress(family: family, value: Self.mask(family, prefixLength)) }
    public var lastAddress: IPAddress {
        IPAddress(family: family, value: address.value | (Self.mask(family, family.bitWidth) ^ mask.value))
    }

    public func contains(_ other: IPAddress) -> Bool {
        other.family == family && other.value & mask.value == address.value
    }

    public func contains(_ other: IPNetwork) -> Bool {
        other.prefixLength >= prefixLength && contains(other.address)
    }

    public static func < (left: IPNetwork, right: IPNetwork) -> Bool {
        left.address == right.address ? left.prefixLength < right.prefixLength : left.address < right.address
    }

    private static func mask(_ family: IPFamily, _ prefixLength: Int) -> UInt128 {
        let width = family.bitWidth
        let all: UInt128 = family == .ipv4 ? 0xFFFF_FFFF : .max
        return prefixLength == 0 ? 0 : all << UInt128(width - prefixLength) & all
    }
}

extension IPNetwork: LosslessStringConvertible {
    /// Parses `address/length`.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPAddress(String(parts[0])), !parts[1].isEmpty,
            parts[1].utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let length = Int(parts[1])
        else { return nil }
        self.init(address: address, prefixLength: length)
    }

    public var description: String { "\(address)/\(prefixLength)" }
}
