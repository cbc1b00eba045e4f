import NetworkAddress
import Testing

@testable import ProxyServer
@testable import ServiceModel

@Suite("Who is left out")
struct EjectionJudgeTests {
    private static let key = ServicePortKey(
        name: ServicePortName(namespace: "default", name: "web", port: "", transport: .tcp), family: .ipv4)
    private static let frontend = EndpointAddress(IPAddress(ipv4: 0x0A60_0001), 80)

    private static func endpoint(_ number: UInt32) -> EndpointAddress { EndpointAddress(IPAddress(ipv4: number), 8080) }

    private static func judge(endpoints: UInt32, _ adjust: (inout EjectionRule) -> Void = { _ in }) -> EjectionJudge {
        var rule = EjectionRule()
        adjust(&rule)
        var judge = EjectionJudge()
        judge.setTargets([
            key: EjectionTarget(
                rule: rule, uid: "u", frontends: [FrontendKey(frontend.ip, frontend.port, .tcp)],
                endpoints: Set((0..<endpoints).map { endpoint($0) }))
        ])
        return judge
    }

    private static func event(_ kind: AnswerEvent.Kind, _ client: UInt16, _ number: UInt32) -> AnswerEvent {
        AnswerEvent(
            kind: kind, connection: .init(client: EndpointAddress(IPAddress(ipv4: 99), client), destination: frontend),
            transport: .tcp, endpoint: endpoint(number))
    }

    private static func out(_ judge: EjectionJudge) -> [EndpointAddress: UInt8] {
        (judge.ejections[key] ?? [:]).mapValues(\.part)
    }

    @Test("Five without an answer, one second after the last of them; then a trial, which tells")
    func cycle() {
        var judge = Self.judge(endpoints: 4)
        for client: UInt16 in 0..<5 {
            judge.handle([Self.event(.began, client, 1)], at: .milliseconds(Int(client) * 10))
        }
        judge.tick(at: .milliseconds(1039))
        #expect(Self.out(judge).isEmpty)
        judge.tick(at: .milliseconds(1040))
        #expect(Self.out(judge) == [Self.endpoint(1): 0])
        #expect(judge.takeNotices().map(\.kind) == [.ejected(unanswered: 5)])
        // It gets none for 30 s.
        judge.tick(at: .seconds(31))
        #expect(Self.out(judge) == [Self.endpoint(1): 0])
        judge.tick(at: .seconds(32))
        #expect(Self.out(judge)[Self.endpoint(1)] ?? 0 > 0)
        // One connection tries it, and no second one.
        judge.handle([Self.event(.began, 9, 1)], at: .seconds(33))
        judge.tick(at: .seconds(33))
        #expect(Self.out(judge) == [Self.endpoint(1): 0])
        judge.tick(at: .milliseconds(34_000))
        #expect(judge.takeNotices().map(\.kind) == [.ejectedAgain])
        judge.tick(at: .seconds(65))
        judge.handle([Self.event(.began, 10, 1), Self.event(.answered, 10, 1)], at: .seconds(66))
        #expect(judge.ejections.isEmpty && judge.takeNotices().map(\.kind) == [.returned])
    }

    @Test("An answer to a connection that began later makes good what came before")
    func answers() {
        var judge = Self.judge(endpoints: 4)
        for turn in 0..<50 {
            let client = UInt16(turn * 2)
            judge.handle(
                [
                    Self.event(.began, client, 1), Self.event(.began, client + 1, 1),
                    Self.event(.answered, client + 1, 1),
                ],
                at: .milliseconds(turn * 400))
            judge.tick(at: .milliseconds(turn * 400))
        }
        judge.tick(at: .seconds(60))
        #expect(judge.ejections.isEmpty && judge.takeNotices().isEmpty)
    }

    @Test("Failures that are too far apart do not add up")
    func within() {
        var judge = Self.judge(endpoints: 4) { $0.within = .seconds(2) }
        for turn in 0..<20 {
            judge.handle([Self.event(.began, UInt16(turn), 1)], at: .seconds(turn))
            judge.tick(at: .seconds(turn))
        }
        judge.tick(at: .seconds(60))
        #expect(judge.ejections.isEmpty)
    }

    @Test("Never more than half", arguments: [1, 2, 3, 4, 5, 10] as [UInt32])
    func half(endpoints: UInt32) {
        var judge = Self.judge(endpoints: endpoints)
        for number in 0..<endpoints {
            for client: UInt16 in 0..<6 {
                judge.handle([Self.event(.began, UInt16(number) * 10 + client, number)], at: .zero)
                judge.handle([Self.event(.failed, UInt16(number) * 10 + client, number)], at: .zero)
            }
        }
        #expect(Self.out(judge).count == Int(endpoints) / 2)
    }

    @Test("Connections of other Services, and endpoints that are gone, do not count")
    func others() {
        var judge = Self.judge(endpoints: 4)
        for client: UInt16 in 0..<10 {
            var event = Self.event(.began, client, 1)
            event.connection.destination.port = 81
            judge.handle([event], at: .zero)
            judge.handle([Self.event(.began, client, 77)], at: .zero)
        }
        judge.tick(at: .seconds(5))
        #expect(judge.ejections.isEmpty)
        judge.setTargets([:])
        #expect(judge.isEmpty)
    }

    @Test("With many connections a trial gets about one a second")
    func trialShare() {
        var judge = Self.judge(endpoints: 4)
        for tenth in 0..<60 {
            let events = (0..<40).map { Self.event(.began, UInt16(tenth * 40 + $0), UInt32($0 % 4)) }
            judge.handle(events, at: .milliseconds(tenth * 100))
            judge.handle(
                events.filter { $0.endpoint != Self.endpoint(1) }.map { one in
                    var answer = one
                    answer.kind = .answered
                    return answer
                }, at: .milliseconds(tenth * 100))
            judge.tick(at: .milliseconds(tenth * 100))
        }
        #expect(Self.out(judge) == [Self.endpoint(1): 0])
        judge.tick(at: .seconds(40))
        // 100 a second would be its own, of 400.
        #expect((1...4).contains(Self.out(judge)[Self.endpoint(1)] ?? 0), "\(Self.out(judge))")
    }
}
