import Testing

@testable import PrometheusMetrics

@Suite struct ProcessMetricsTests {
    @Test func processFiles() {
        let stat =
            "4242 (a b) c) S 1 1 1 0 -1 4194560 1 0 0 0 150 50 0 0 20 0 4 0 1234 104857600 2560 18446744073709551615"
        #expect(
            ProcessMetrics.parse(stat)
                == ProcessMetrics.Reading(
                    cpuSeconds: 2, startSeconds: 12.34, virtualBytes: 104_857_600, residentBytes: 10_485_760))
        #expect(ProcessMetrics.parse("") == nil)
        #expect(ProcessMetrics.parse("1 (x) S 1") == nil)
        #expect(ProcessMetrics.bootTime("cpu 1 2\nbtime 1795400000\n") == 1_795_400_000)
        #expect(ProcessMetrics.bootTime("cpu 1 2\n") == nil)
    }

    @Test func processMetricsAreReal() {
        let registry = MetricsRegistry()
        ProcessMetrics.register(in: registry)
        let text = registry.exposition()
        for name in ["process_resident_memory_bytes", "process_open_fds", "process_start_time_seconds"] {
            let line = text.split(separator: "\n").first { $0.hasPrefix("\(name) ") }
            let value = line.flatMap { Double($0.dropFirst(name.count + 1)) } ?? 0
            #expect(value > 0, "\(name)")
        }
    }
}
