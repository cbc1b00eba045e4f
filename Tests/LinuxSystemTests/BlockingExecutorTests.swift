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

    @Test("Blocked actors hold no thread of the concurrency runtime") func blocking() async {
        // More actors than processors, each blocked for a while: one after another they would need 3.2 s.
        let recorders = (0..<32).map { _ in Recorder() }
        let clock = ContinuousClock()
        let duration = await clock.measure {
            await withTaskGroup { group in
                for recorder in recorders { group.addTask { await recorder.block(1, microseconds: 100_000) } }
            }
        }
        #expect(duration < .seconds(2.5))
    }
}
