import Glibc
import LinuxSystem
import Testing

@Suite struct SystemCallTests {
    @Test("What a signal interrupts is called again") func interrupted() throws {
        var calls = 0
        let result = try SystemCall.run("call") { () -> Int in
            calls += 1
            errno = EINTR
            return calls < 3 ? -1 : 7
        }
        #expect(result == 7)
        #expect(calls == 3)
    }

    @Test("Other errors are told at once, with what was tried") func failed() {
        var calls = 0
        #expect(throws: SystemError("call", code: ENOENT)) {
            try SystemCall.run("call") { () -> Int32 in
                calls += 1
                errno = ENOENT
                return -1
            }
        }
        #expect(calls == 1)
        #expect(SystemCall.result { () -> Int32 in -1 } == nil)
    }

    @Test("Short writes go on, interrupted ones as well") func pieces() throws {
        var pieces: [Int] = []
        let done = try SystemCall.repeating("write", 10) { done in
            pieces.append(done)
            errno = EINTR
            return pieces.count == 2 ? -1 : 4
        }
        #expect(pieces == [0, 4, 4, 8])
        #expect(done >= 10)
        #expect(try SystemCall.repeating("read", 10) { $0 < 4 ? 4 : 0 } == 4)
    }
}
