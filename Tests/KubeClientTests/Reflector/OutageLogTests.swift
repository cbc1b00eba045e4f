import Testing

@testable import KubeClient

struct OutageLogTests {
    @Test func theFirstFailureThenOneEveryThirtySecondsThenTheRecovery() {
        var log = OutageLog()
        #expect(log.recovered(at: .zero) == nil)
        let logged = stride(from: 0, through: 65, by: 5).filter { log.failed(at: .seconds($0)) }
        #expect(logged == [0, 30, 60])
        #expect(log.recovered(at: .seconds(66)) == .seconds(66))
        #expect(log.recovered(at: .seconds(67)) == nil)
    }

    @Test func aServerThatComesAndGoesDoesNotFillTheLog() {
        var log = OutageLog()
        #expect(log.failed(at: .zero) == true)
        #expect(log.recovered(at: .seconds(1)) == .seconds(1))
        #expect(log.failed(at: .seconds(2)) == false)
        #expect(log.recovered(at: .seconds(3)) == nil)
        #expect(log.failed(at: .seconds(30)) == true)
        #expect(log.recovered(at: .seconds(31)) == .seconds(1))
    }
}
