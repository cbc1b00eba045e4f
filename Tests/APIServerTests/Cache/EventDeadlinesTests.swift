import ObjectStore
import Testing

@testable import APIServer

@Suite struct EventDeadlinesTests {
    @Test("An event goes an hour after it was written last, and not before")
    func order() {
        var deadlines = EventDeadlines(lifetime: .seconds(3600))
        func due(_ seconds: Int) -> [String] { deadlines.due(now: .seconds(seconds), limit: 10).map(\.key) }
        deadlines.begin(
            [("new", 3, .seconds(60)), ("old", 1, .seconds(9000)), ("future", 2, .seconds(-5))], now: .zero)
        #expect(due(0) == ["old"])
        deadlines.written("again", 4, now: .seconds(10))
        deadlines.written("again", 5, now: .seconds(100))
        deadlines.written("gone", 6, now: .seconds(100))
        deadlines.forget("gone")
        #expect(due(3539) == [])
        #expect(due(3540) == ["new"])
        #expect(due(3600) == ["future"])
        #expect(due(3699) == [])
        #expect(due(3700) == ["again"])
        #expect(due(100_000) == [])
    }

    @Test func notAllAtOnce() {
        var deadlines = EventDeadlines(lifetime: .seconds(1))
        deadlines.begin((0..<25).map { ("\($0)", Revision($0), .seconds(5)) }, now: .zero)
        #expect((0..<4).map { _ in deadlines.due(now: .zero, limit: 10).count } == [10, 10, 5, 0])
    }
}
