import Glibc
import LinuxSystem
import Testing

@Suite struct BlockingExecutorTests {
    private actor Recorder {
        private nonisolated let executor = BlockingExecutor(label: "test")
        nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
        private(set) var values: [Int] = []
        private var isBusy = false
        private(set) var overlaps = 0

        func block(_ value: Int, microseconds: UInt32) {
            if isBusy { overlaps += 1 }
            isBusy = true
            usleep(microseconds)
            values.append(value)
            isBusy = false
        }

        func check() { preconditionIsolated() }
    }

    @Test("Jobs run one after another, in the order that they came") func order() async {
        let recorder = Recorder()
        for value in 0..<100 { await recorder.block(value, microseconds: 10) }
        await recorder.check()
        #expect(await recorder.values == Array(0..<100))
        #expect(await recorder.overlaps == 0)
    }

    @Test("Jobs of many tasks never overlap") func exclusion() async {
        let recorder = Recorder()
        await withTaskGroup { group in
            for value in 0..<50 { group.addTask { await recorder.block(value, microseconds: 500) } }
        }
        #expect(await recorder.overlaps == 0)
        #expect(Set(await recorder.values) == Set(0..<50))
    }

    /// Were these actors on the runtime's pool, they would hold all of its threads and the writer would never run.
    @Test("Blocked actors hold no thread of the concurrency runtime", .timeLimit(.minutes(30)))
    func blocking() async throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let (reader, writer) = (ends[0], ends[1])
        let waiters = (0..<64).map { _ in Waiter() }
        await withTaskGroup { group in
            for waiter in waiters { group.addTask { await waiter.waitForByte(reader) } }
            group.addTask { _ = waiters.map { _ in write(writer, "x", 1) } }
        }
        close(reader)
        close(writer)
    }
}

/// Blocks in a system call.
private actor Waiter {
    private nonisolated let executor = BlockingExecutor(label: "waiter")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    func waitForByte(_ descriptor: Int32) {
        var byte: UInt8 = 0
        _ = read(descriptor, &byte, 1)
    }
}
