internal import CLinux

/// One netlink message as it came from the kernel.
public struct NetlinkMessage: Sendable {
    public var type: UInt16
    public var flags: UInt16
    public var sequence: UInt32
    /// The number of the socket that requested this message, or that made the change it reports; 0: the kernel itself.
    public var port: UInt32
    /// The whole message, for libraries that parse it themselves.
    public var whole: ArraySlice<UInt8>

    /// What follows struct nlmsghdr.
    public var payload: ArraySlice<UInt8> { whole.dropFirst(16) }

    /// The attributes behind a fixed header of `headerLength` bytes (4 for nfnetlink).
    public func attributes(after headerLength: Int) -> NetlinkAttributes {
        NetlinkAttributes(payload.dropFirst(headerLength))
    }
}

/// Splits the bytes of one or more reads into messages. A message that is cut short ends the sequence.
public struct NetlinkMessages: Sequence, IteratorProtocol {
    private var rest: ArraySlice<UInt8>

    public init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    public mutating func next() -> NetlinkMessage? {
        guard rest.count >= 16 else { return nil }
        let length = Int(rest.integer(UInt32.self, at: 0))
        guard length >= 16, length <= rest.count else { return nil }
        let start = rest.startIndex
        let message = NetlinkMessage(
            type: rest.integer(UInt16.self, at: 4), flags: rest.integer(UInt16.self, at: 6),
            sequence: rest.integer(UInt32.self, at: 8), port: rest.integer(UInt32.self, at: 12),
            whole: rest[start..<start + length])
        rest = rest.dropFirst((length + 3) & ~3)
        return message
    }
}

/// One attribute (struct nlattr).
public struct NetlinkAttribute: Sendable {
    /// Without the flags for nesting and byte order.
    public var type: UInt16
    public var payload: ArraySlice<UInt8>

    /// The attributes inside a nested one.
    public var nested: NetlinkAttributes { NetlinkAttributes(payload) }

    /// A number in network order of as many bytes as the payload has (at most 8).
    public var bigEndian: UInt64 { payload.prefix(8).reduce(0) { $0 << 8 | UInt64($1) } }

    /// Up to the first zero byte.
    public var string: String {
        String(decoding: payload.prefix { $0 != 0 }, as: UTF8.self)
    }
}

/// The attributes in a run of bytes. One that is cut short ends the sequence.
public struct NetlinkAttributes: Sequence, IteratorProtocol, Sendable {
    private var rest: ArraySlice<UInt8>

    public init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    public mutating func next() -> NetlinkAttribute? {
        guard rest.count >= 4 else { return nil }
        let length = Int(rest.integer(UInt16.self, at: 0))
        guard length >= 4, length <= rest.count else { return nil }
        let start = rest.startIndex
        let attribute = NetlinkAttribute(
            type: rest.integer(UInt16.self, at: 2) & ~UInt16(NLA_F_NESTED | NLA_F_NET_BYTEORDER),
            payload: rest[start + 4..<start + length])
        rest = rest.dropFirst((length + 3) & ~3)
        return attribute
    }

    /// The first attribute of this type.
    public subscript(_ type: UInt16) -> NetlinkAttribute? { first { $0.type == type } }
}

extension ArraySlice<UInt8> {
    /// A number in the byte order of the machine, `offset` bytes behind the start. The caller has checked the length.
    public func integer<Integer: FixedWidthInteger>(_ type: Integer.Type, at offset: Int) -> Integer {
        var value: Integer = 0
        for index in (0..<MemoryLayout<Integer>.size).reversed() {
            value = value << 8 | Integer(truncatingIfNeeded: self[startIndex + offset + index])
        }
        return Integer(littleEndian: value.littleEndian)
    }
}
