import NetworkAddress
import Testing

@testable import ClusterDNS

@Suite struct QuestionTests {
    static func message(
        _ name: String, _ type: UInt16 = DNSType.a, id: UInt16 = 7, flags: UInt16 = 0x0100, options: UInt16? = nil
    ) -> [UInt8] {
        func words(_ all: [UInt16]) -> [UInt8] { all.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] } }
        var bytes = words([id, flags, 1, 0, 0, options == nil ? 0 : 1]) + DNSAnswer.name(name) + words([type, 1])
        if let options { bytes += [0] + words([DNSType.opt, options, 0, 0, 0]) }
        return bytes
    }

    @Test("A question is read with its name in small letters and the size of its answer")
    func reading() throws {
        let question = try DNSQuestion(Self.message("Web.Shop.SVC.cluster.local", DNSType.aaaa, options: 4096))
        #expect(question.name == "web.shop.svc.cluster.local")
        #expect(question.type == DNSType.aaaa && question.id == 7 && question.recursionDesired)
        #expect(question.answerSize == 1232 && question.hasOptions)
        #expect(try DNSQuestion(Self.message("a")).answerSize == 512)
        #expect(try DNSQuestion(Self.message("a", options: 100)).answerSize == 512)
    }

    @Test("What is no question is not answered; what cannot be read is refused with its number")
    func refusals() {
        #expect(throws: DNSQuestion.Refusal.notAQuestion) { try DNSQuestion([1, 2, 3]) }
        #expect(throws: DNSQuestion.Refusal.notAQuestion) { try DNSQuestion(Self.message("a", flags: 0x8100)) }
        #expect(throws: DNSQuestion.Refusal.notImplemented(id: 7)) {
            try DNSQuestion(Self.message("a", flags: 0x2800))
        }
        var pointer = Self.message("abc")
        pointer[12] = 0xc0
        #expect(throws: DNSQuestion.Refusal.malformed(id: 7)) { try DNSQuestion(pointer) }
        var dotted = Self.message("abc")
        dotted[13] = UInt8(ascii: ".")
        #expect(throws: DNSQuestion.Refusal.malformed(id: 7)) { try DNSQuestion(dotted) }
    }

    @Test("Nothing that comes over the network ends the process, and no answer is longer than allowed")
    func fuzz() throws {
        var generator = Generator(state: 20_261_129)
        var names = ClusterNames(domain: "cluster.local")
        try NamesTests.fill(&names)
        let seeds = [
            Self.message("web.shop.svc.cluster.local", options: 1232),
            Self.message("_http._tcp.db.shop.svc.cluster.local", DNSType.srv),
            Self.message("5.0.0.10.in-addr.arpa", DNSType.ptr), Self.message("10-0-0-1.shop.pod.cluster.local"),
        ]
        var answered = 0
        for _ in 0..<20_000 {
            var bytes = seeds[Int.random(in: 0..<seeds.count, using: &generator)]
            for _ in 0..<Int.random(in: 0...4, using: &generator) {
                switch Int.random(in: 0...3, using: &generator) {
                case 0:
                    bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
                case 1: bytes.removeLast(Int.random(in: 0..<bytes.count, using: &generator))
                case 2: bytes.append(.random(in: 0...255, using: &generator))
                default: bytes.insert(0xc0, at: Int.random(in: 0...bytes.count, using: &generator))
                }
                if bytes.isEmpty { break }
            }
            guard let question = try? DNSQuestion(bytes) else { continue }
            let answer = names.answer(question.name, question.type)
            if let message = answer?.message(for: question, limit: question.answerSize) {
                answered += 1
                #expect(message.count <= question.answerSize)
            }
        }
        #expect(answered > 1000)
    }

    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
    }
}
