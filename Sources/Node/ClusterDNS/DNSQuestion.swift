/// A question of a DNS message (RFC 1035), as far as a cluster's resolver looks into one: its header, the one question, and
/// how large an answer may be (EDNS, RFC 6891).
struct DNSQuestion: Hashable, Sendable {
    /// Why a message is not answered from here.
    enum Refusal: Hashable, Sendable, Error {
        /// It is no question, or not one that can be read at all: there is nothing to answer.
        case notAQuestion
        /// It cannot be read; the header can.
        case malformed(id: UInt16)
        /// Not a standard query, or not one question.
        case notImplemented(id: UInt16)
    }

    var id: UInt16
    var recursionDesired: Bool
    /// In small letters, without a dot at the end; empty for the root.
    var name: String
    var type: UInt16
    var recordClass: UInt16
    /// Bytes that an answer over UDP may have.
    var answerSize: Int
    var hasOptions: Bool
    /// The question as it was sent, letters as they were: it is repeated in the answer.
    var bytes: [UInt8]

    static let headerSize = 12
    /// Of an answer over UDP where the client says nothing else.
    static let usualSize = 512
    /// What is said to fit into packets (as CoreDNS's).
    private static let largestSize = 1232
    private static let longestName = 255

    /// - Throws: ``Refusal``
    init(_ message: [UInt8]) throws(Refusal) {
        guard message.count >= Self.headerSize else { throw .notAQuestion }
        func word(_ offset: Int) -> UInt16 { UInt16(message[offset]) << 8 | UInt16(message[offset + 1]) }
        id = word(0)
        let flags = word(2)
        guard flags & 0x8000 == 0 else { throw .notAQuestion }
        guard flags & 0x7800 == 0, word(4) == 1 else { throw .notImplemented(id: id) }
        recursionDesired = flags & 0x0100 != 0
        var position = Self.headerSize
        guard let name = Self.name(message, &position), position + 4 <= message.count else {
            throw .malformed(id: id)
        }
        self.name = name
        type = word(position)
        recordClass = word(position + 2)
        position += 4
        bytes = Array(message[Self.headerSize..<position])
        answerSize = Self.usualSize
        hasOptions = false
        // An OPT record comes without answers before it: its name is the root, and its class the size.
        if word(6) == 0, word(8) == 0, word(10) >= 1, position + 11 <= message.count, message[position] == 0,
            word(position + 1) == DNSType.opt
        {
            hasOptions = true
            answerSize = min(max(Int(word(position + 3)), Self.usualSize), Self.largestSize)
        }
    }

    /// A name without compression, which a question has no use for.
    private static func name(_ message: [UInt8], _ position: inout Int) -> String? {
        var text: [UInt8] = []
        while position < message.count {
            let length = Int(message[position])
            position += 1
            if length == 0 { return String(validating: text, as: UTF8.self) }
            guard length < 64, position + length <= message.count, text.count + length < longestName else { return nil }
            if !text.isEmpty { text.append(UInt8(ascii: ".")) }
            for byte in message[position..<(position + length)] {
                // A dot within a label would make another name of it.
                guard byte > 0x20, byte < 0x7f, byte != UInt8(ascii: ".") else { return nil }
                text.append((0x41...0x5a).contains(byte) ? byte | 0x20 : byte)
            }
            position += length
        }
        return nil
    }
}

/// Numbers of record types.
enum DNSType {
    static let a: UInt16 = 1
    static let cname: UInt16 = 5
    static let soa: UInt16 = 6
    static let ptr: UInt16 = 12
    static let txt: UInt16 = 16
    static let aaaa: UInt16 = 28
    static let srv: UInt16 = 33
    static let opt: UInt16 = 41
    static let any: UInt16 = 255
}
