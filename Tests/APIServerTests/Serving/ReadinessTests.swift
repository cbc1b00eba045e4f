import Testing

@testable import APIServer

struct ReadinessTests {
    @Test("Who waits for a server that is not ready can be told to stop waiting; others go on waiting")
    func cancelled() async throws {
        let readiness = Readiness(listeners: 1)
        try await withThrowingTaskGroup(of: APIServer.Ports.self) { group in
            group.addTask { try await readiness.ports() }
            let other = Task { try await readiness.ports() }
            other.cancel()
            await #expect(throws: CancellationError.self) { try await other.value }
            readiness.listens(\.secure, port: 6443)
            #expect(try await group.next()?.secure == 6443)
        }
        #expect(readiness.portsIfKnown?.secure == 6443)
    }

    @Test("Who waits for a server that ends is told so")
    func finished() async {
        let readiness = Readiness(listeners: 2)
        readiness.listens(\.plain, port: 8001)
        #expect(readiness.portsIfKnown == nil)
        async let ports = readiness.ports()
        readiness.finish()
        await #expect(throws: CancellationError.self) { try await ports }
    }
}
