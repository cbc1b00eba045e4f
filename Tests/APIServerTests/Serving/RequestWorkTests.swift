import Synchronization
import Testing

@testable import APIObjects
@testable import APIServer

@Suite struct RequestWorkTests {
    @Test("Work sees that it is late without anybody's help")
    func deadline() throws {
        #expect(throws: StatusError.self) { try RequestWork(deadline: .now - .seconds(1)).check() }
        try RequestWork(deadline: .now + .seconds(60)).check()
        try RequestWork().check()
        try RequestWork.check()
    }

    @Test("Work that never waits ends at the deadline and when the client is gone")
    func busyWork() async throws {
        let deadlines = RequestDeadlines(limit: .milliseconds(20))
        await #expect(throws: StatusError.self) { try await deadlines.run { while true { try RequestWork.check() } } }
        let patient = RequestDeadlines(limit: .seconds(600))
        let end = Mutex<(@Sendable () -> Void)?>(nil)
        let forgotten = Mutex(0)
        do {
            try await patient.run(
                nil,
                endedBy: { observer in
                    end.withLock { $0 = observer }
                    return { forgotten.withLock { $0 += 1 } }
                }
            ) {
                end.withLock { $0 }?()
                while true { try RequestWork.check() }
            }
            Issue.record("it ended well")
        } catch let error as StatusError {
            #expect(error.code == 499)
        }
        #expect(forgotten.withLock { $0 } == 1)
    }

    @Test("What answers hold is counted until they are sent, and too much is refused")
    func held() throws {
        let unread = UnreadAnswers(limit: 100, patience: .seconds(60))
        do {
            let first = RequestWork(unread: unread)
            first.hold(80)
            try first.checkHeld()
            let second = RequestWork(unread: unread)
            second.hold(40)
            #expect(throws: StatusError.self) { try second.checkHeld() }
            // Who holds nothing is not to blame.
            try RequestWork(unread: unread).checkHeld()
            #expect(unread.total == 120)
        }
        #expect(unread.total == 0)
    }
}

@Suite struct UnreadAnswersTests {
    private final class Ends: Sendable {
        let names = Mutex<[String]>([])
        func closer(_ name: String) -> @Sendable () -> Void { { self.names.withLock { $0.append(name) } } }
    }

    @Test("Beyond the limit the answer ends that has waited longest")
    func limit() {
        let (unread, ends) = (UnreadAnswers(limit: 100, patience: .seconds(60)), Ends())
        let (old, read, new) = (
            unread.register(ends.closer("old")), unread.register(ends.closer("read")),
            unread.register(ends.closer("new"))
        )
        unread.wrote(40, to: old)
        unread.wrote(40, to: read)
        unread.sent(40, to: read)
        unread.wrote(50, to: new)
        #expect(unread.total == 90 && ends.names.withLock { $0 }.isEmpty)
        unread.wrote(20, to: new)
        #expect(ends.names.withLock { $0 } == ["old"])
        unread.unregister(old)
        #expect(unread.total == 70)
        // What is sent after the end counts no more.
        unread.sent(40, to: old)
        #expect(unread.total == 70)
    }

    @Test("An answer of which nothing is read ends; one that is read now and then does not")
    func patience() {
        let (unread, ends) = (UnreadAnswers(limit: 1000, patience: .seconds(60)), Ends())
        let (silent, idle) = (unread.register(ends.closer("silent")), unread.register(ends.closer("idle")))
        unread.wrote(10, to: silent)
        unread.wrote(10, to: idle)
        unread.sent(10, to: idle)
        unread.end(at: .now + .seconds(30))
        #expect(ends.names.withLock { $0 }.isEmpty)
        unread.end(at: .now + .seconds(61))
        #expect(ends.names.withLock { $0 } == ["silent"])
    }
}
