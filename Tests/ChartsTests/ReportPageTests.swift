import Testing

@testable import Charts

@Suite struct ReportPageTests {
    private static let chart = LineChart(
        title: "Latency", xAxis: .init(label: "services", unit: .count), yAxis: .init(label: "time", unit: .seconds),
        series: [.init(name: "a", points: [.init(x: 10, y: 0.001, low: 0.0005, high: 0.002), .init(x: 20, y: nil)])])
    private static let bars = BarChart(
        title: "Memory", categories: ["all"], valueAxis: .init(label: "resident", unit: .bytes),
        series: [.init(name: "a", values: [.init(1e6)])])

    @Test("The page holds all its blocks in order, the banner first")
    func blocks() throws {
        let page = ReportPage(
            title: "Dataplanes", banner: "Emulated kernel: ratios only",
            sections: [
                .init(
                    "Latency",
                    [
                        .paragraph("Text"), .list(["one", "two"]), .facts([.init("kernel", "6.1")]),
                        .lineChart(Self.chart), .barChart(Self.bars),
                        .code("viaduct bench \\\n  --quick"),
                    ])
            ], footer: "End")
        let html = ParsedMarkup(page.html())
        let body = html.elements.drop { $0.name != "body" }
        #expect(body.dropFirst().first?.text == "Emulated kernel: ratios only")
        let shown: Set = ["h1", "h2", "p", "li", "dt", "dd", "svg", "pre", "footer"]
        #expect(
            body.map(\.name).filter(shown.contains) == [
                "p", "h1", "h2", "p", "li", "li", "dt", "dd", "svg", "svg", "pre", "footer", "p",
            ])
        #expect(html.all("code").map(\.text) == ["viaduct bench \\\n  --quick"])
    }

    @Test("Charts share one style sheet, have ids of their own and their values beside them")
    func charts() {
        let page = ReportPage(
            title: "Charts",
            sections: [.init("", [.lineChart(Self.chart), .lineChart(Self.chart), .barChart(Self.bars)])])
        let html = ParsedMarkup(page.html())
        #expect(html.all("style").count == 1)
        let ids = html.elements.compactMap { $0.attributes["id"] }
        #expect(ids.count == 6 && Set(ids).count == 6)
        #expect(html.all("td").prefix(2).map(\.words) == ["1 ms (500 µs – 2 ms)", "–"])
        #expect(html.all("details").count == 3)
    }

    @Test("Tables align, highlight the best cell, and fill or cut rows to their columns")
    func table() throws {
        let table = ReportTable(
            caption: "p50", columns: [.init("mode", .leading), .init("10"), .init("100", .center)],
            rows: [["a", .init("1 µs", detail: "±2", isBest: true)], ["b", "2", "3", "4"]])
        let html = ParsedMarkup(ReportPage(title: "T", sections: [.init("", [.table(table)])]).html())
        #expect(html.all("th").map(\.words) == ["mode", "10", "100", "a", "b"])
        #expect(html.all("td").map(\.words) == ["1 µs ±2", "", "2", "3"])
        #expect(html.all("td").map { $0.attributes["class"] } == ["number best", "center", "number", "center"])
        #expect(html.all("caption").map(\.text) == ["p50"])
        let region = try #require(html.all("div", class: "scroll").first)
        #expect(region.attributes["aria-label"] == "p50" && region.attributes["tabindex"] == "0")
    }

    @Test("No text is read as markup, and nothing is loaded or run")
    func escaping() {
        let evil = "</style></title><script>alert('x')</script>\"><img src=x onerror=\"y\">&amp;\u{0}\u{1B}"
        let shown = evil.replacing("\u{0}", with: "\u{FFFD}").replacing("\u{1B}", with: "\u{FFFD}")
        var chart = Self.chart
        chart.title = evil
        chart.subtitle = evil
        chart.note = evil
        chart.xAxis.label = evil
        chart.series[0].name = evil
        let table = ReportTable(caption: evil, columns: [.init(evil)], rows: [[.init(evil, detail: evil)]])
        let page = ReportPage(
            title: evil, subtitle: evil, banner: evil,
            sections: [
                .init(
                    evil,
                    [
                        .paragraph(evil), .list([evil]), .facts([.init(evil, evil)]), .table(table), .code(evil),
                        .lineChart(chart),
                    ])
            ], footer: evil, language: evil)
        let html = ParsedMarkup(page.html())
        let names = Set(html.elements.map(\.name))
        #expect(names.isDisjoint(with: ["script", "img", "link", "iframe", "object"]))
        #expect(!html.elements.contains { $0.attributes.keys.contains { $0.hasPrefix("on") || $0 == "src" } })
        #expect(html.all("h1").map(\.text) == [shown])
        #expect(html.all("code").map(\.text) == [shown])
        #expect(html.all("html").map { $0.attributes["lang"] } == [shown])
    }

    @Test("A theme is the class of the page", arguments: [ChartTheme.automatic, .light, .dark])
    func theme(_ theme: ChartTheme) {
        let html = ParsedMarkup(ReportPage(title: "T", sections: [], theme: theme).html())
        #expect(html.all("html").first?.attributes["class"] == (theme == .automatic ? nil : "theme-\(theme.rawValue)"))
    }
}
