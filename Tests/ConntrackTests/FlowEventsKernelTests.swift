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
}
