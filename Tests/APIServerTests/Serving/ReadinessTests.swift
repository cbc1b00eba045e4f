import Testing

@testable import APIServer

struct ReadinessTests {
    @Test("Who waits for a server that is not ready can stop waiting; others go on waiting")
    func cancelled() async throws {
        let readiness = Readiness(listeners: 1)
        let staying = Task { try await readiness.ports() }
        let leaving = Task { try await readiness.ports() }
        leaving.cancel()
        let left = await leaving.result
        #expect(throws: CancellationError.self) { try left.get() }
        readiness.listens(\.secure, port: 6443)
        #expect(try await staying.value.secure == 6443)
        #expect(readiness.portsIfKnown?.secure == 6443)
    }

    @Test("Who waits for a server that ends is told so")
    func finished() async {
        let readiness = Readiness(listeners: 2)
        readiness.listens(\.plain, port: 8001)
        #expect(readiness.portsIfKnown == nil)
        let waiting = Task { try await readiness.ports() }
        readiness.finish()
        let end = await waiting.result
        #expect(throws: CancellationError.self) { try end.get() }
    }
}
