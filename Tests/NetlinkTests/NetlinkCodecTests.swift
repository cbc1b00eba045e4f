import Netlink
import Testing

/// The bytes of linux/netlink.h, written and read.
@Suite struct NetlinkCodecTests {
    @Test("A message with every kind of attribute") func golden() {
        var writer = NetlinkWriter()
        writer.beginMessage(type: 0x0A03, flags: 0x0401, sequence: 7)
        writer.netfilterHeader(family: 2, resource: 10)
        writer.attribute(1, string: "abc")
        writer.attribute(2, byte: 9)
        writer.attribute(3, bigEndian: UInt16(0x1234))
        writer.attribute(4, bigEndian: UInt32(0x1234_5678))
        writer.attribute(5, bigEndian: UInt64(1))
        let nested = writer.beginNested(6)
        writer.attribute(1, bytes: [1, 2, 3, 4, 5])
        writer.endNested(nested)
        writer.endMessage()
        let expected: [UInt8] = [
            // struct nlmsghdr: 80 bytes, type, flags, sequence, port
            0x50, 0, 0, 0, 0x03, 0x0A, 0x01, 0x04, 7, 0, 0, 0, 0, 0, 0, 0,
            // struct nfgenmsg: AF_INET, version 0, resource in network order
            2, 0, 0, 10,
            // "abc" with its zero byte
            8, 0, 1, 0, 0x61, 0x62, 0x63, 0,
            // one byte, padded
            5, 0, 2, 0, 9, 0, 0, 0,
            // 16 bits, padded
            6, 0, 3, 0, 0x12, 0x34, 0, 0,
            // 32 bits
            8, 0, 4, 0, 0x12, 0x34, 0x56, 0x78,
            // 64 bits
            12, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 1,
            // nested (flag 0x8000), with 5 bytes, padded
            16, 0, 6, 0x80, 9, 0, 1, 0, 1, 2, 3, 4, 5, 0, 0, 0,
        ]
        #expect(writer.bytes == expected)
        #expect(writer.messageCount == 1)
    }

    @Test("What was written is read") func roundTrip() throws {
        var writer = NetlinkWriter()
        for sequence in 1...3 as ClosedRange<UInt32> {
            writer.beginMessage(type: UInt16(sequence), flags: 5, sequence: sequence)
            writer.netfilterHeader(family: 10)
            let nested = writer.beginNested(3)
            writer.attribute(1, string: "text")
            writer.attribute(2, bigEndian: UInt64(1) << 40)
            writer.endNested(nested)
            writer.attribute(4, bytes: [1])
            writer.endMessage()
        }
        let messages = Array(NetlinkMessages(writer.bytes[...]))
        #expect(messages.map(\.sequence) == [1, 2, 3])
        #expect(messages.map(\.type) == [1, 2, 3])
        #expect(messages.allSatisfy { $0.flags == 5 })
        for message in messages {
            let attributes = message.attributes(after: 4)
            #expect(attributes.map(\.type) == [3, 4])
            #expect(attributes[3]?.nested[1]?.string == "text")
            #expect(attributes[3]?.nested[2]?.bigEndian == 1 << 40)
            #expect(attributes[4]?.payload == [1])
            #expect(attributes[5] == nil)
        }
    }

    @Test("What is cut short ends the sequence") func truncation() {
        var writer = NetlinkWriter()
        writer.beginMessage(type: 1, flags: 0, sequence: 1)
        writer.attribute(1, bytes: [1, 2, 3, 4])
        writer.attribute(2, bytes: [1, 2, 3])
        writer.endMessage()
        for length in 0..<writer.bytes.count {
            let messages = Array(NetlinkMessages(writer.bytes[..<length]))
            // The last byte is padding within the message, so every shorter piece lacks something.
            #expect(messages.isEmpty)
            let attributes = Array(NetlinkAttributes(writer.bytes[16..<max(16, length)]))
            #expect(attributes.count == (length < 24 ? 0 : length < 31 ? 1 : 2))
        }
        #expect(Array(NetlinkMessages([])).isEmpty)
    }

    @Test("Lengths that cannot be end the sequence", arguments: [0, 1, 3, 15, 17, 255] as [UInt8])
    func impossibleLengths(length: UInt8) {
        var bytes = [UInt8](repeating: 0, count: 16)
        bytes[0] = length
        #expect(Array(NetlinkMessages(bytes[...])).isEmpty)
        if length < 4 || length > 16 { #expect(Array(NetlinkAttributes(bytes[...])).isEmpty) }
    }

    @Test("Random bytes are read without a crash", arguments: 1...20)
    func fuzz(seed: UInt64) {
        var state = seed
        func byte() -> UInt8 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        }
        for round in 0..<1000 {
            var bytes = (0..<round % 97).map { _ in byte() }
            // Small lengths, so that more than the first header is read.
            for index in stride(from: 0, to: bytes.count, by: 4) where byte() < 128 {
                bytes[index] = byte() % 40
                if index + 1 < bytes.count { bytes[index + 1] = 0 }
            }
            var total = 0
            for message in NetlinkMessages(bytes[...]) {
                total += message.whole.count
                for attribute in message.attributes(after: 4) {
                    _ = (attribute.string, attribute.bigEndian)
                    for inner in attribute.nested { total += inner.payload.count * 0 }
                }
            }
            #expect(total <= bytes.count)
        }
    }
}
