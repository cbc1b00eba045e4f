import Testing

@testable import KubeClient

struct ServerRingTests {
    @Test func whoFailsIsLeftOnce() {
        var ring = ServerRing(count: 3)
        ring.leave(0)
        #expect(ring.current == 1)
        // Of somebody who asked before.
        ring.leave(0)
        #expect(ring.current == 1)
        ring.leave(1)
        ring.leave(2)
        #expect(ring.current == 0)
    }

    @Test func oneThatAnswersIsTaken() {
        var ring = ServerRing(count: 3)
        #expect(ring.others(than: 1) == [2, 0])
        ring.leave(0, for: 2)
        #expect(ring.current == 2)
        ring.leave(0, for: 1)
        #expect(ring.current == 2)
        ring.leave(2, for: 7)
        #expect(ring.current == 2)
    }

    @Test func oneServerStays() {
        var ring = ServerRing(count: 1)
        ring.leave(0)
        #expect(ring.current == 0 && ring.others(than: 0).isEmpty)
    }
}
