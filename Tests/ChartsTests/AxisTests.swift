import Testing

@testable import Charts

@Suite struct AxisTests {
    @Test("Linear ticks are round, share one prefix and enclose the data")
    func linear() {
        let ticks = AxisTicks.linear(lower: 0, upper: 0.0017, count: 5, unit: .seconds, extends: true)
        #expect(ticks.ticks.map(\.label) == ["0", "0.5 ms", "1 ms", "1.5 ms", "2 ms"])
        #expect(ticks.lower == 0 && ticks.upper == 0.002)
        let inside = AxisTicks.linear(lower: 3, upper: 47, count: 5, unit: .count, extends: false)
        #expect(inside.ticks.map(\.label) == ["10", "20", "30", "40"])
        #expect(inside.lower == 3 && inside.upper == 47)
        let negative = AxisTicks.linear(lower: -7, upper: 12, count: 4, unit: .plain, extends: true)
        #expect(negative.ticks.map(\.label) == ["−10", "−5", "0", "5", "10", "15"])
    }

    @Test("Logarithmic ticks are 1, 2 and 5 while there is room, then all powers of ten")
    func logarithmic() {
        func labels(_ lower: Double, _ upper: Double, _ unit: ChartUnit) -> [String] {
            AxisTicks.logarithmic(lower: lower, upper: upper, count: 8, unit: unit, extends: true).ticks.map(\.label)
        }
        #expect(labels(25e-6, 1.8e-3, .seconds) == ["20 µs", "50 µs", "100 µs", "200 µs", "500 µs", "1 ms", "2 ms"])
        #expect(labels(10, 30_000, .count) == ["10", "100", "1k", "10k"])
        #expect(
            labels(1e-9, 10, .seconds) == [
                "1 ns", "10 ns", "100 ns", "1 µs", "10 µs", "100 µs", "1 ms", "10 ms", "100 ms", "1 s", "10 s",
            ])
        #expect(labels(1.05, 1.35, .factor) == ["1×", "1.1×", "1.2×", "1.3×", "1.4×"])
        #expect(labels(1e-300, 1e300, .plain).count <= 12)
    }

    @Test("A logarithmic axis gives each decade the same length")
    func decades() {
        let axis = ChartAxis(label: "", unit: .count, scale: .log10)
        let scale = AxisScale(axis: axis, values: [10, 10_000], count: 8, extends: false)
        for (value, position) in [(10.0, 0.0), (100, 1.0 / 3), (1000, 2.0 / 3), (10_000, 1)] {
            #expect((scale.position(value) - position).magnitude < 1e-9)
        }
    }

    @Test("Ticks that are asked for replace the round ones where the axis has them")
    func givenTicks() {
        let axis = ChartAxis(label: "", unit: .count, scale: .log10, ticks: [0, .nan, 10, 30_000, 1e6])
        let scale = AxisScale(axis: axis, values: [10, 30_000], count: 8, extends: false)
        #expect(scale.ticks.map(\.label) == ["10", "30k"])
        let absent = ChartAxis(label: "", unit: .count, scale: .log10, ticks: [7e9])
        #expect(!AxisScale(axis: absent, values: [10, 30_000], count: 8, extends: false).ticks.isEmpty)
    }

    @Test(
        "Any values make an axis with ticks and positions between its ends",
        arguments: [ChartAxis.Scale.linear, .log10], [true, false])
    func hostile(scale: ChartAxis.Scale, extends: Bool) {
        let sets: [[Double]] = [
            [], [0], [5], [5, 5], [-3], [-3, -3], [.nan], [.infinity, 1], [1e300, -1e300],
            [Double.leastNonzeroMagnitude], [1e-300, 1e300],
            [1, 1 + 1e-12], [1e15, 1e15 + 1], [3, 8], [-1e-299, 1e-299], [.greatestFiniteMagnitude], [999_999, 1e6],
        ]
        for values in sets {
            for zero in [true, false] {
                let axis = ChartAxis(label: "", unit: .seconds, scale: scale, includesZero: zero)
                let made = AxisScale(axis: axis, values: values, count: 8, extends: extends)
                #expect((1...25).contains(made.ticks.count), "\(values): \(made.ticks)")
                #expect(made.ticks.allSatisfy { !$0.label.contains("–") && !$0.label.contains("nan") }, "\(values)")
                let drawable = values.filter { AxisScale.isDrawable($0, on: scale) }
                for value in drawable + made.ticks.map(\.value) where AxisScale.isDrawable(value, on: scale) {
                    #expect((0...1).contains(made.position(value)), "\(values)")
                }
            }
        }
    }

    @Test("Linear axes contain zero unless told otherwise")
    func zero() {
        let axis = ChartAxis(label: "", unit: .count)
        let from = AxisScale(axis: axis, values: [90, 100], count: 5, extends: true)
        #expect(from.ticks.first?.value == 0)
        let close = ChartAxis(label: "", unit: .count, includesZero: false)
        #expect(AxisScale(axis: close, values: [90, 100], count: 5, extends: true).ticks.first?.value == 90)
    }
}
