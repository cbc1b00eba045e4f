import Testing

@testable import PrometheusMetrics

@Suite struct MetricsRegistryTests {
    @Test func exposition() {
        let registry = MetricsRegistry()
        let requests = registry.counter("b_requests_total", "Requests, by code.", labels: ["code", "host"])
        requests.with("200", "a\"b\\c\nd").increment()
        requests.with("200", "a\"b\\c\nd").increment(by: 2)
        requests.with("100", "x").increment(by: 0.5)
        registry.gauge("a_temperature", "Multi\nline \\ help").set(-1.5)
        let latency = registry.histogram("c_seconds", "Latency", labels: ["ip_family"], buckets: [0.1, 1, 10])
        for value in [0.05, 0.1, 0.5, 100] { latency.with("IPv4").observe(value) }
        _ = registry.counter("d_unused_total", "Has labels and no sample", labels: ["x"])
        _ = registry.counter("e_zero_total", "Has no labels")
        #expect(
            registry.exposition() == """
                # HELP a_temperature Multi\\nline \\\\ help
                # TYPE a_temperature gauge
                a_temperature -1.5
                # HELP b_requests_total Requests, by code.
                # TYPE b_requests_total counter
                b_requests_total{code="100",host="x"} 0.5
                b_requests_total{code="200",host="a\\"b\\\\c\\nd"} 3
                # HELP c_seconds Latency
                # TYPE c_seconds histogram
                c_seconds_bucket{ip_family="IPv4",le="0.1"} 2
                c_seconds_bucket{ip_family="IPv4",le="1"} 3
                c_seconds_bucket{ip_family="IPv4",le="10"} 3
                c_seconds_bucket{ip_family="IPv4",le="+Inf"} 4
                c_seconds_sum{ip_family="IPv4"} 100.65
                c_seconds_count{ip_family="IPv4"} 4
                # HELP e_zero_total Has no labels
                # TYPE e_zero_total counter
                e_zero_total 0

                """)
    }

    @Test(arguments: [
        (0.0, "0"), (1, "1"), (-3, "-3"), (0.001, "0.001"), (1.5, "1.5"), (.infinity, "+Inf"), (-.infinity, "-Inf"),
        (.nan, "NaN"), (1_795_406_569, "1795406569"), (1e300, "1e+300"), (16.384, "16.384"),
    ])
    func numbers(value: Double, expected: String) {
        #expect(MetricText.number(value) == expected)
    }

    @Test func theSameNameIsTheSameMetric() {
        let registry = MetricsRegistry()
        registry.counter("x_total", "X").increment()
        registry.counter("x_total", "X").increment()
        #expect(registry.counter("x_total", "X").with().value == 2)
    }

    @Test func countersDoNotShrink() {
        let counter = MetricsRegistry().counter("x_total", "X").with()
        counter.increment(by: 2)
        counter.increment(by: -1)
        #expect(counter.value == 2)
    }

    @Test func missingAndExtraLabelValues() {
        let registry = MetricsRegistry()
        let family = registry.gauge("x", "X", labels: ["a", "b"])
        family.with("1").set(5)
        family.with("1", "", "surplus").set(6)
        #expect(registry.exposition().contains("x{a=\"1\",b=\"\"} 6\n"))
    }

    @Test func collectorsRunBeforeEachExposition() {
        let registry = MetricsRegistry()
        let gauge = registry.gauge("x", "X").with()
        registry.collect { gauge.add(1) }
        _ = registry.exposition()
        #expect(registry.exposition().contains("x 2\n"))
    }

    @Test func manyTasksLoseNothing() async {
        let registry = MetricsRegistry()
        let family = registry.counter("x_total", "X", labels: ["n"])
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask { for _ in 0..<1_000 { family.with(String(task % 2)).increment() } }
            }
        }
        #expect(family.with("0").value == 4_000)
        #expect(family.with("1").value == 4_000)
    }
}
