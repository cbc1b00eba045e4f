import JSONStream
import KubeAPI
import Testing

@testable import NodeAgent

@Suite struct ProbeAndPauseTests {
    private func probe(_ success: Int64, _ failure: Int64) throws -> ProbeDefinition {
        let json: JSONValue = [
            "exec": ["command": ["true"]], "successThreshold": .integer(success),
            "failureThreshold": .integer(failure),
        ]
        return try #require(ProbeDefinition(json))
    }

    @Test("A result changes after as many tries in a row as its threshold says")
    func thresholds() throws {
        var counter = ProbeCounter(try probe(2, 3))
        #expect([true, true, true].map { counter.count($0) } == [false, true, false])
        let changes = [false, false, true, false, false, false].map { counter.count($0) }
        #expect(changes == [false, false, false, false, false, true])
        #expect(counter.result == false)
    }

    @Test("Pauses double from ten seconds to five minutes, and are forgotten after ten")
    func pauses() throws {
        let start = try #require(Timestamp("2026-01-01T00:00:00Z"))
        var pause = GrowingPause(now: start)
        var seen: [Duration] = [pause.pause]
        for _ in 0..<6 {
            pause.grow(failure: start, now: start)
            seen.append(pause.pause)
        }
        #expect(seen == [10, 20, 40, 80, 160, 300, 300].map { Duration.seconds($0) })
        #expect(pause.end(after: start, now: start + .seconds(299)) == start + .seconds(300))
        #expect(pause.end(after: start, now: start + .seconds(300)) == nil)
        #expect(pause.end(after: start + .seconds(601), now: start + .seconds(602)) == nil)
        pause.grow(failure: start + .seconds(601), now: start + .seconds(601))
        #expect(pause.pause == .seconds(10))
    }

    @Test("Numbers that no clock takes are cut to those of the API")
    func extremes() throws {
        let json: JSONValue = [
            "tcpSocket": ["port": "web"], "periodSeconds": .integer(.max), "timeoutSeconds": -1,
            "initialDelaySeconds": .integer(.max),
        ]
        let probe = try #require(ProbeDefinition(json))
        #expect(probe.period == .seconds(Int64(Int32.max)))
        #expect(probe.timeout == .seconds(1))
    }
}
