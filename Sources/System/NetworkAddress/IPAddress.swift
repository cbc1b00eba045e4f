/// The two families of addresses, as the API spells them in `spec.ipFamilies`.
public enum IPFamily: String, Hashable, Sendable, CaseIterable, Comparable {
    case ipv4 = "IPv4"
    case ipv6 = "IPv6"

    public static func < (left: IPFamily, right: IPFamily) -> Bool { left == .ipv4 && right == .ipv6 }

    /// What enumerations with a raw value have by themselves hashes the text.
    public func hash(into hasher: inout Hasher) { hasher.combine(self == .ipv4) }

    /// 32 or 128.
    public var bitWidth: Int { self == .ipv4 ? 32 : 128 }
}

/// An IPv4 or IPv6 address.
public struct IPAddress: Hashable, Sendable, Comparable {
    // Two words and a byte, in this order: a UInt128 would be aligned to 16 bytes, and a port next to an address
    // would take 48 bytes instead of 24. A proxy holds some hundred thousand of them.
    private let high: UInt64
    private let low: UInt64
    public let family: IPFamily

    public init(family: IPFamily, value: UInt128) {
        self.family = family
        high = family == .ipv4 ? 0 : UInt64(truncatingIfNeeded: value >> 64)
        low = UInt64(truncatingIfNeeded: value) & (family == .ipv4 ? 0xFFFF_FFFF : .max)
    }

    /// The address as a number; an IPv4 address is in the low 32 bits.
    public var value: UInt128 { UInt128(high) << 64 | UInt128(low) }

    public init(ipv4 value: UInt32) {
        self.init(family: .ipv4, value: UInt128(value))
    }

    /// Takes 4 or 16 bytes in network order; nil for any other number.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.init(
            family: bytes.count == 4 ? .ipv4 : .ipv6, value: bytes.reduce(UInt128(0)) { $0 << 8 | UInt128($1) })
    }

    /// 4 or 16 bytes in network order.
    public var bytes: [UInt8] {
        let count = family.bitWidth / 8
        return (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt128((count - 1 - $0) * 8)) }
    }

    /// Hashed some million times in a start with many services.
    public func hash(into hasher: inout Hasher) {
        if family == .ipv6 { hasher.combine(high) }
        hasher.combine(low)
    }

    public var isLoopback: Bool { family == .ipv4 ? value >> 24 == 127 : value == 1 }
    public var isUnspecified: Bool { value == 0 }
    /// 169.254.0.0/16 or fe80::/10.
    public var isLinkLocal: Bool { family == .ipv4 ? value >> 16 == 0xA9FE : value >> 118 == 0x3FA }
    /// 224.0.0.0/4 or ff00::/8.
    public var isMulticast: Bool { family == .ipv4 ? value >> 28 == 0xE : value >> 120 == 0xFF }

    public static func < (left: IPAddress, right: IPAddress) -> Bool {
        left.family == right.family ? left.value < right.value : left.family < right.family
    }
}
