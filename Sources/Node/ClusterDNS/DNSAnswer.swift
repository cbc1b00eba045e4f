import NetworkAddress

/// A record of an answer.
struct DNSRecord: Hashable, Sendable {
    enum Value: Hashable, Sendable {
        case address(IPAddress)
        case alias(String)
        case pointer(String)
        case service(port: UInt16, weight: UInt16, target: String)
        case text(String)
        /// The zone's own record, which says how long a name that is not there may be taken for missing.
        case authority
    }

    var name: String
    var value: Value
    /// Seconds.
    var lifetime: UInt32 = 5

    var type: UInt16 {
        switch value {
        case .address(let address): address.family == .ipv4 ? DNSType.a : DNSType.aaaa
        case .alias: DNSType.cname
        case .pointer: DNSType.ptr
        case .service: DNSType.srv
        case .text: DNSType.txt
        case .authority: DNSType.soa
        }
    }
}

/// What a question is answered with.
struct DNSAnswer: Hashable, Sendable {
    enum Code: UInt16, Hashable, Sendable {
        case success = 0
        case formatError = 1
        case failure = 2
        case noName = 3
        case notImplemented = 4
        case refused = 5
    }

    var code = Code.success
    var answers: [DNSRecord] = []
    var authorities: [DNSRecord] = []
    var additions: [DNSRecord] = []
    var isAuthoritative = true

    /// The message; records that do not fit are left out, and the client is told to ask over TCP.
    /// - Parameter limit: bytes.
    func message(for question: DNSQuestion, limit: Int) -> [UInt8] {
        let space = limit - (question.hasOptions ? 11 : 0)
        var body = question.bytes
        var counts: [UInt16] = [0, 0, 0]
        var isCut = false
        for (section, records) in [answers, authorities, additions].enumerated() {
            for record in records {
                let bytes = Self.bytes(record)
                guard DNSQuestion.headerSize + body.count + bytes.count <= space else {
                    // What is added only spares another question.
                    isCut = isCut || section < 2
                    break
                }
                body += bytes
                counts[section] += 1
            }
        }
        var flags: UInt16 = 0x8080 | code.rawValue
        if question.recursionDesired { flags |= 0x0100 }
        if isAuthoritative { flags |= 0x0400 }
        if isCut { flags |= 0x0200 }
        var message = Self.words([
            question.id, flags, 1, counts[0], counts[1], counts[2] + (question.hasOptions ? 1 : 0),
        ])
        message += body
        if question.hasOptions { message += [0] + Self.words([DNSType.opt, 1232, 0, 0, 0]) }
        return message
    }

    /// For a message whose question could not be read.
    static func refusal(id: UInt16, _ code: Code) -> [UInt8] { words([id, 0x8000 | code.rawValue, 0, 0, 0, 0]) }

    private static func words(_ words: [UInt16]) -> [UInt8] { words.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] } }

    private static func bytes(_ record: DNSRecord) -> [UInt8] {
        let data = data(record.value, record.name)
        return name(record.name)
            + words([
                record.type, 1, UInt16(truncatingIfNeeded: record.lifetime >> 16),
                UInt16(truncatingIfNeeded: record.lifetime), UInt16(data.count),
            ]) + data
    }

    private static func data(_ value: DNSRecord.Value, _ owner: String) -> [UInt8] {
        switch value {
        case .address(let address): return Array(address.bytes)
        case .alias(let target), .pointer(let target): return name(target)
        case .service(let port, let weight, let target): return words([0, weight, port]) + name(target)
        case .text(let text):
            let bytes = Array(text.utf8.prefix(255))
            return [UInt8(bytes.count)] + bytes
        case .authority:
            // Serial, refresh, retry, expire, minimum: nobody copies this zone.
            return name("ns.dns." + owner) + name("hostmaster." + owner)
                + [1, 7200, 1800, 86400, 5].flatMap { (word: UInt32) in
                    words([UInt16(truncatingIfNeeded: word >> 16), UInt16(truncatingIfNeeded: word)])
                }
        }
    }

    /// Labels that are too long for a message are cut: no name of an API object has one.
    static func name(_ text: String) -> [UInt8] {
        text.split(separator: ".").flatMap { label in
            let bytes = Array(label.utf8.prefix(63))
            return [UInt8(bytes.count)] + bytes
        } + [0]
    }
}
