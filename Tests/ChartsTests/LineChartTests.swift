import Testing

@testable import Charts

@Suite struct LineChartTests {
    private static func chart(_ series: [LineChart.Series], y scale: ChartAxis.Scale = .linear) -> LineChart {
        LineChart(
            title: "Latency", xAxis: .init(label: "services", unit: .count, scale: .log10),
            yAxis: .init(label: "time", unit: .seconds, scale: scale), series: series)
    }

    @Test("A small chart puts its points where its axes say")
    func coordinates() throws {
        let points = [(10.0, 0.0), (100, 0.5), (1000, 1)].map { LineChart.Point(x: $0.0, y: $0.1) }
        let svg = ParsedMarkup(Self.chart([.init(name: "a", points: points)]).svg())
        let path = try #require(svg.all("path", class: "line").first?.attributes["d"])
        let numbers = path.split(whereSeparator: { "ML ".contains($0) }).compactMap { Double(String($0)) }
        try #require(numbers.count == 6)
        let base = try #require(svg.all("line", class: "base").first)
        let (left, right, bottom) = try (
            #require(base.number("x1")), #require(base.number("x2")), #require(base.number("y1"))
        )
        #expect((numbers[0] - (left + 10)).magnitude < 0.02)
        #expect((numbers[2] - (left + right) / 2).magnitude < 0.02)
        #expect((numbers[4] - (right - 10)).magnitude < 0.02)
        #expect(numbers[1] == bottom)
        #expect((numbers[3] - (bottom - 160)).magnitude < 0.02)
        #expect((numbers[5] - (bottom - 320)).magnitude < 0.02)
        let ticks = svg.all("text", class: "tick").map(\.text)
        #expect(ticks == ["0", "0.2 s", "0.4 s", "0.6 s", "0.8 s", "1 s", "10", "20", "50", "100", "200", "500", "1k"])
        #expect(svg.all("text").map(\.words).contains("a 1 s"))
    }

    @Test("A missing value is a gap, and points come in the order of x")
    func gap() {
        let points = [(5.0, 2.0), (1, 1), (2, 1), (3, nil), (4, 2)].map { LineChart.Point(x: $0.0, y: $0.1) }
        let svg = ParsedMarkup(Self.chart([.init(name: "a", points: points)]).svg())
        #expect(svg.all("path", class: "line").count == 2)
        // One at each point and one at the label.
        #expect(svg.all("path", class: "marker").count == 5)
        #expect(svg.all("text", class: "note").isEmpty)
        #expect(svg.all("text").map(\.words).contains("a 2 s"))
    }

    @Test("The label of a line that ends early says where")
    func endsEarly() {
        let svg = ParsedMarkup(
            Self.chart([
                .init(name: "a", points: [.init(x: 10, y: 1), .init(x: 1000, y: 2)]),
                .init(name: "b", points: [.init(x: 10, y: 1), .init(x: 100, y: 3)]),
            ]).svg())
        let labels = svg.all("text").map(\.words)
        #expect(labels.contains("a 2 s") && labels.contains("b 3 s at 100"))
    }

    @Test("What a logarithmic axis lacks is left out and counted")
    func dropped() {
        let points = [(10.0, 0.0), (100, -1), (1000, 1)].map { LineChart.Point(x: $0.0, y: $0.1) }
        let svg = ParsedMarkup(
            Self.chart([.init(name: "a", points: points), .init(name: "b", points: [.init(x: 0, y: 1)])], y: .log10)
                .svg())
        let notes = svg.all("text", class: "note").map(\.text)
        #expect(
            notes == ["No values: b.", "Not shown: 3 values at or below zero, which a logarithmic axis lacks."])
    }

    @Test("Whiskers span low, value and high")
    func whiskers() throws {
        let svg = ParsedMarkup(
            Self.chart([.init(name: "a", points: [.init(x: 1, y: 0.5, low: 0.25, high: 1)])]).svg())
        let path = try #require(svg.all("path", class: "whisker").first?.attributes["d"])
        let bottom = try #require(svg.all("line", class: "base").first?.number("y1"))
        let ends = path.split(separator: "M")[0].split(whereSeparator: { " V".contains($0) }).compactMap {
            Double(String($0))
        }
        #expect(ends.dropFirst() == [bottom - 320, bottom - 80])
        #expect(svg.all("title").map(\.text).contains("a: 1 services: 500 ms (250 ms – 1 s)"))
    }

    @Test("The same style number looks the same in any place; the reference is drawn first")
    func styles() {
        let point = [LineChart.Point(x: 1, y: 1)]
        let svg = ParsedMarkup(
            Self.chart([
                .init(name: "a", points: point, style: 3), .init(name: "b", points: point, style: -1),
                .init(name: "c", points: point), .init(name: "none", points: point, isReference: true),
            ]).svg())
        #expect(svg.all("g").compactMap { $0.attributes["class"] } == ["ref", "s3", "s7", "s2"])
    }

    @Test("A title, a description and a role tell the chart to those who do not see it")
    func accessibility() throws {
        let points = [(10.0, 0.02), (1000, 1)].map { LineChart.Point(x: $0.0, y: $0.1) }
        let svg = ParsedMarkup(Self.chart([.init(name: "a", points: points)]).svg(theme: .dark))
        let root = try #require(svg.all("svg").first)
        #expect(root.attributes["role"] == "img" && root.attributes["class"] == "chart theme-dark")
        let ids = try #require(root.attributes["aria-labelledby"]).split(separator: " ").map(String.init)
        let named = svg.elements.filter { element in element.attributes["id"].map(ids.contains) ?? false }
        #expect(named.map(\.name) == ["title", "desc"])
        #expect(
            named.map(\.text) == [
                "Latency",
                "Line chart of time over services, logarithmic scale. a: from 20 ms at 10 to 1 s at 1k.",
            ])
    }
}
