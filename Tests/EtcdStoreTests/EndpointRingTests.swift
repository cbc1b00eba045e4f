import Testing

@testable import EtcdStore

@Suite struct EndpointRingTests {
    @Test("A failure leads on once, however many saw it")
    func leaving() {
        var ring = EndpointRing(count: 3)
        for _ in 0..<5 { ring.leave(0) }
        #expect(ring.current == 1 && ring.turns == 1)
        ring.leave(1)
        ring.leave(2)
        #expect(ring.current == 0 && ring.turns == 3)
    }

    @Test("Pages are as large as objects allow")
    func pageSize() {
        var size = PageSize()
        size.note(objects: 256, bytes: 256 * 100)
        #expect(size.count == 1024)
        size.note(objects: 1024, bytes: 1024 * 100)
        #expect(size.count == PageSize.most)
        size.note(objects: 4096, bytes: 4096 * (1 << 20))
        #expect(size.count == 4)
        size.note(objects: 4, bytes: 4 * (100 << 20))
        #expect(size.count == 1)
        size.note(objects: 0, bytes: 0)
        #expect(size.count == 1)
        size.note(objects: 1, bytes: 0)
        #expect(size.count == 4)
    }
}
