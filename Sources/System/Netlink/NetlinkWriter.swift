internal import CLinux

/// Writes netlink messages (linux/netlink.h) one after another into one buffer.
///
/// Inlinable: it writes a few bytes at a time, many times, for other modules.
///
/// Headers and attributes are padded to 4 bytes. A nested attribute must stay below 64 KB, since its length is 16 bits;
/// ``endNested(_:)`` checks that.
public struct NetlinkWriter: Sendable {
    @usableFromInline var buffer: [UInt8] = []
    @usableFromInline var messageStart = 0
    public private(set) var messageCount = 0

    @inlinable public var bytes: [UInt8] { buffer }

    public init() {}

    public init(reservingCapacity capacity: Int) {
        buffer.reserveCapacity(capacity)
    }

    public mutating func beginMessage(type: UInt16, flags: UInt16, sequence: UInt32) {
        messageStart = buffer.count
        append(UInt32(0))
        append(type)
        append(flags)
        append(sequence)
        append(UInt32(0))
        messageCount += 1
    }

    /// Writes the length of the message into its header.
    @inlinable
    public mutating func endMessage() {
        patch(UInt32(buffer.count - messageStart), at: messageStart)
    }

    /// Writes struct nfgenmsg (linux/netfilter/nfnetlink.h), which follows the header of every nfnetlink message.
    public mutating func netfilterHeader(family: UInt8, resource: UInt16 = 0) {
        buffer.append(family)
        buffer.append(UInt8(NFNETLINK_V0))
        append(resource.bigEndian)
    }

    // MARK: Attributes

    @inlinable
    public mutating func attribute(_ type: UInt16, bytes payload: some Collection<UInt8>) {
        header(type, payloadLength: payload.count)
        buffer.append(contentsOf: payload)
        pad()
    }

    /// A string with the zero byte that the kernel expects.
    public mutating func attribute(_ type: UInt16, string: String) {
        let utf8 = string.utf8
        header(type, payloadLength: utf8.count + 1)
        buffer.append(contentsOf: utf8)
        buffer.append(0)
        pad()
    }

    @inlinable
    public mutating func attribute(_ type: UInt16, byte: UInt8) {
        header(type, payloadLength: 1)
        buffer.append(byte)
        pad()
    }

    /// 32 bits in network order, as most of nfnetlink.
    @inlinable
    public mutating func attribute(_ type: UInt16, bigEndian value: UInt32) {
        header(type, payloadLength: 4)
        append(value.bigEndian)
    }

    @inlinable
    public mutating func attribute(_ type: UInt16, bigEndian value: UInt16) {
        header(type, payloadLength: 2)
        append(value.bigEndian)
        pad()
    }

    @inlinable
    public mutating func attribute(_ type: UInt16, bigEndian value: UInt64) {
        header(type, payloadLength: 8)
        append(value.bigEndian)
    }

    /// In the byte order of the machine, as generic netlink and rtnetlink have it.
    @inlinable
    public mutating func attribute<Integer: FixedWidthInteger>(_ type: UInt16, native value: Integer) {
        header(type, payloadLength: MemoryLayout<Integer>.size)
        append(value)
        pad()
    }

    /// Opens a nested attribute; hand the result to ``endNested(_:)``.
    public mutating func beginNested(_ type: UInt16) -> Int {
        let start = buffer.count
        append(UInt16(0))
        append(type | UInt16(NLA_F_NESTED))
        return start
    }

    @inlinable
    public mutating func endNested(_ start: Int) {
        let length = buffer.count - start
        precondition(length <= Int(UInt16.max), "a nested netlink attribute of \(length) bytes")
        patch(UInt16(length), at: start)
    }

    /// Opens an attribute with a payload that the caller appends with ``append(_:)``; same limits and end as nested.
    @inlinable
    public mutating func beginAttribute(_ type: UInt16) -> Int {
        let start = buffer.count
        append(UInt16(0))
        append(type)
        return start
    }

    @inlinable
    public mutating func endAttribute(_ start: Int) {
        patch(UInt16(buffer.count - start), at: start)
        pad()
    }

    // MARK: Raw

    /// Appends in the byte order of the machine.
    @inlinable
    public mutating func append<Integer: FixedWidthInteger>(_ value: Integer) {
        unsafe withUnsafeBytes(of: value) { unsafe buffer.append(contentsOf: $0) }
    }

    @inlinable
    public mutating func append(raw payload: some Collection<UInt8>) {
        buffer.append(contentsOf: payload)
    }

    /// Appends complete messages that something else built, such as libnftnl.
    public mutating func append(message: some Collection<UInt8>) {
        buffer.append(contentsOf: message)
        messageCount += 1
    }

    @inlinable
    mutating func header(_ type: UInt16, payloadLength: Int) {
        append(UInt16(payloadLength + 4))
        append(type)
    }

    @inlinable
    mutating func pad() {
        while buffer.count % 4 != 0 { buffer.append(0) }
    }

    @inlinable
    mutating func patch<Integer: FixedWidthInteger>(_ value: Integer, at offset: Int) {
        unsafe buffer.withUnsafeMutableBytes { unsafe $0.storeBytes(of: value, toByteOffset: offset, as: Integer.self) }
    }
}
