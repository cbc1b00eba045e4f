import Glibc
import LinuxSystem
import NetworkAddress
import ServiceModel
import Testing

@testable import Conntrack

/// Real connections in a network namespace, translated by a rule of nft.
@Suite(.enabled(if: (try? NetworkNamespace()) != nil, "CAP_SYS_ADMIN")) struct FlowEventsKernelTests {
    private static func run(_ program: String, _ words: String...) throws {
        let child = try ChildProcess(program, words)
        _ = child.wait(within: .seconds(30))
    }

    private struct Outcome: Sendable {
        var batch = FlowBatch()
        var untranslated = FlowBatch()
    }

    @Test("Each translated connection is one message, others are none, and one call reads many")
    func counts() throws {
        let outcome = try NetworkNamespace().run { () -> Result<Outcome, any Error> in
            Result {
                try Self.run("/usr/sbin/ip", "link", "set", "lo", "up")
                try Self.run("/usr/sbin/nft", "add table ip t")
                try Self.run(
                    "/usr/sbin/nft", "add chain ip t o { type nat hook output priority -100; }")
                try Self.run("/usr/sbin/nft", "add rule ip t o udp dport 7 dnat to 127.0.0.2:7007")
                let events = try FlowEvents(translatedOnly: true, countsBytes: false)
                let local = IPAddress(ipv4: 0x7F00_0001)
                for port in UInt16(20000)..<20300 {
                    let socket = try ClientSocket(.udp, .ipv4, timeout: .seconds(1), localPort: port)
                    try socket.connect(to: local, port: 7)
                    try socket.send([1])
                }
                var outcome = Outcome()
                outcome.batch = events.read()
                // The kernel itself leaves out what nobody translated.
                let socket = try ClientSocket(.udp, .ipv4, timeout: .seconds(1), localPort: 21000)
                try socket.connect(to: local, port: 8)
                try socket.send([1])
                outcome.untranslated = events.read()
                return outcome
            }
        }.get()
        let path = FlowPath(
            transport: .udp, destination: EndpointAddress(IPAddress(ipv4: 0x7F00_0001), 7),
            endpoint: EndpointAddress(IPAddress(ipv4: 0x7F00_0002), 7007))
        #expect(outcome.batch.new == [path: 300])
        #expect(outcome.batch.messages == 300)
        #expect(outcome.batch.calls == 5, "64 messages a call")
        #expect(outcome.untranslated.messages == 0)
        #expect(outcome.untranslated.calls == 1, "where there is none, one call tells")
        #expect(!outcome.batch.hasLost)
    }

    @Test("Of answers only connections to watched frontends are reported", arguments: IPFamily.allCases)
    func watchedFrontends(family: IPFamily) throws {
        let local = try #require(IPAddress(family == .ipv4 ? "127.0.0.1" : "::1"))
        let counts = try NetworkNamespace().run { () -> Result<[[UInt16: Int]], any Error> in
            Result {
                try Self.run("/usr/sbin/ip", "link", "set", "lo", "up")
                let name = family == .ipv4 ? "ip" : "ip6"
                try Self.run("/usr/sbin/nft", "add table \(name) t")
                try Self.run("/usr/sbin/nft", "add chain \(name) t o { type nat hook output priority -100; }")
                for port in 7...9 {
                    try Self.run("/usr/sbin/nft", "add rule \(name) t o udp dport \(port) redirect to :\(7000 + port)")
                }
                let events = try AnswerEvents(translatedOnly: true)
                func count(_ frontends: Set<FrontendKey>) throws -> [UInt16: Int] {
                    events.watch(frontends)
                    for port in UInt16(7)...10 {
                        for _ in 0..<port {
                            let socket = try ClientSocket(.udp, family, timeout: .seconds(1))
                            try socket.connect(to: local, port: port)
                            try socket.send([1])
                        }
                    }
                    return Dictionary(
                        events.readAnswers().map { ($0.connection.destination.port, 1) }, uniquingKeysWith: +)
                }
                return [
                    try count([FrontendKey(local, 7, .udp), .nodePort(9, .udp, family)]),
                    try count([FrontendKey(local, 8, .udp), FrontendKey(local, 9, .tcp)]),
                    // More than one filter can hold: all that are translated.
                    try count(Set((1...2000).map { FrontendKey(local, UInt16(20000 + $0), .udp) })),
                ]
            }
        }.get()
        #expect(counts == [[7: 7, 9: 9], [8: 8], [7: 7, 8: 8, 9: 9]])
    }
}
