import Testing

@testable import Charts

@Suite struct BarChartTests {
    private static func chart(
        _ series: [BarChart.Series], categories: [String] = ["1k", "10k"], scale: ChartAxis.Scale = .linear
    ) -> BarChart {
        BarChart(
            title: "Programming", categories: categories,
            valueAxis: .init(label: "wall time", unit: .seconds, scale: scale), series: series)
    }

    @Test("On a linear axis lengths are proportional, and each bar has its name and value")
    func lengths() throws {
        let svg = ParsedMarkup(
            Self.chart([.init(name: "a", values: [.init(1), .init(2)]), .init(name: "b", values: [.init(4)])]).svg())
        let widths = svg.all("rect", class: "bar").compactMap { $0.number("width") }
        try #require(widths.count == 3)
        #expect((widths[1] / widths[0] - 4).magnitude < 0.01)
        #expect((widths[2] / widths[0] - 2).magnitude < 0.01)
        #expect(svg.all("text", class: "strong").map(\.text) == ["1k", "10k"])
        #expect(svg.all("text", class: "row").map(\.text) == ["a", "b", "a", "b"])
        #expect(svg.all("text", class: "value").map(\.text) == ["1 s", "4 s", "2 s"])
        #expect(svg.all("text", class: "quiet").map(\.text) == ["not measured"])
    }

    @Test("Negative bars go the other way from zero")
    func negative() throws {
        let svg = ParsedMarkup(Self.chart([.init(name: "", values: [.init(-3), .init(6)])]).svg())
        let bars = svg.all("rect", class: "bar")
        try #require(bars.count == 2)
        let (first, second) = try (#require(bars[0].number("x")), #require(bars[1].number("x")))
        let width = try #require(bars[0].number("width"))
        #expect((first + width - second).magnitude < 0.02)
        // Unnamed series: the categories name the rows.
        #expect(svg.all("text", class: "row").map(\.text) == ["1k", "10k"])
        #expect(svg.all("text", class: "strong").isEmpty)
    }

    @Test("On a logarithmic axis the least bar has a length and zero none")
    func logarithmic() throws {
        let svg = ParsedMarkup(
            Self.chart(
                [
                    .init(name: "a", values: [.init(0.1), .init(0)]),
                    .init(name: "b", values: [.init(10), .init(100)]),
                ],
                scale: .log10
            ).svg())
        let widths = svg.all("rect", class: "bar").compactMap { $0.number("width") }
        try #require(widths.count == 3)
        #expect(widths[0] > 20 && widths[0] < widths[1] && widths[1] < widths[2])
        #expect(svg.all("text", class: "quiet").map(\.text) == ["not shown"])
        #expect(
            svg.all("text", class: "note").map(\.text) == [
                "Not shown: 1 value at or below zero, which a logarithmic axis lacks."
            ])
        #expect(svg.all("text", class: "axis").map(\.text) == ["wall time (logarithmic scale)"])
    }

    @Test("Values end inside the chart even beside the longest bar and its whisker")
    func room() throws {
        let svg = ParsedMarkup(
            Self.chart(
                [.init(name: "a", values: [.init(123.4e-6, low: 100e-6, high: 200e-6)])], categories: ["all"]
            ).svg())
        let value = try #require(svg.all("text", class: "value").first)
        #expect(try #require(value.number("x")) + TextMetrics.width(value.text, size: 12) <= ChartFrame.width)
        #expect(svg.all("path", class: "whisker-ink").count == 1)
    }
}
