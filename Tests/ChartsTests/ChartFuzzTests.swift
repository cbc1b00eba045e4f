import Foundation
import TestSupport
import Testing

@testable import Charts

/// Whatever the values and texts are, the output is well-formed, its numbers are numbers, and nothing is clipped.
@Suite struct ChartFuzzTests {
    private var generator = SeededGenerator(seed: 2026)

    @Test("Line charts of any values")
    mutating func lineCharts() throws {
        for _ in 0..<150 {
            let chart = LineChart(
                title: text(), subtitle: text(), xAxis: axis(), yAxis: axis(),
                series: (0..<count(7)).map { _ in
                    .init(
                        name: text(),
                        points: (0..<count(9)).map { _ in
                            .init(x: number(), y: optional(), low: optional(), high: optional())
                        }, style: generator.oneIn(2) ? nil : Int.random(in: .min ... .max, using: &generator),
                        isReference: generator.oneIn(5))
                }, note: generator.oneIn(2) ? nil : text())
            check(chart.svg())
            check(ReportPage(title: text(), sections: [.init(text(), [.lineChart(chart)])]).html())
        }
    }

    @Test("Bar charts of any values")
    mutating func barCharts() throws {
        for _ in 0..<150 {
            let chart = BarChart(
                title: text(), subtitle: text(), categories: (0..<count(5)).map { _ in text() }, valueAxis: axis(),
                series: (0..<count(5)).map { _ in
                    .init(
                        name: text(),
                        values: (0..<count(6)).map { _ in .init(optional(), low: optional(), high: optional()) })
                }, note: generator.oneIn(2) ? nil : text())
            check(chart.svg())
            check(ReportPage(title: text(), sections: [.init(text(), [.barChart(chart)])]).html())
        }
    }

    @Test("Charts with a thousand points draw lines without a marker each")
    func manyPoints() {
        let points = (0..<1000).map { LineChart.Point(x: Double($0), y: sin(Double($0) / 100)) }
        let chart = LineChart(
            title: "Sine", xAxis: .init(label: "", unit: .plain), yAxis: .init(label: "", unit: .plain),
            series: [.init(name: "sine", points: points)])
        let svg = ParsedMarkup(chart.svg())
        #expect(svg.all("path", class: "line").count == 1)
        #expect(svg.all("path", class: "marker").count == 2)
    }

    private func check(_ markup: String) {
        let parsed = ParsedMarkup(markup)
        let geometry: Set = ["x", "y", "x1", "x2", "y1", "y2", "width", "height", "d", "viewBox"]
        for element in parsed.elements {
            for (name, value) in element.attributes where geometry.contains(name) {
                let letters = value.filter(\.isLetter)
                #expect(letters.allSatisfy { "MLVHZahv".contains($0) }, "\(element.name) \(name)=\(value)")
                #expect(name == "d" || value.split(separator: " ").allSatisfy { Double(String($0)) != nil })
            }
            guard let size = element.name == "rect" ? element.number("width") : nil else { continue }
            #expect(size >= 0)
        }
        for label in parsed.all("text") {
            guard let x = label.number("x"), let y = label.number("y") else { continue }
            let left = x - Self.width(of: label) * Self.shares[label.attributes["text-anchor"] ?? "start", default: 0]
            let isInside = left >= 0 && left + Self.width(of: label) <= ChartFrame.width && y > 0
            #expect(isInside, "\(label)")
        }
    }

    /// How much of a text is to the left of its x.
    private static let shares = ["start": 0, "middle": 0.5, "end": 1.0]

    private static func width(of label: ParsedMarkup.Element) -> Double {
        let sizes = ["title": 17.0, "subtitle": 13, "note": 11]
        let kind = label.attributes["class"] ?? ""
        return TextMetrics.width(label.words, size: sizes[kind, default: 12], bold: ["title", "strong"].contains(kind))
    }

    private mutating func count(_ limit: Int) -> Int { Int.random(in: 0...limit, using: &generator) }

    private mutating func optional() -> Double? { generator.oneIn(4) ? nil : number() }

    private mutating func number() -> Double {
        switch count(11) {
        case 0: .nan
        case 1: Bool.random(using: &generator) ? .infinity : -.infinity
        case 2: 0
        case 3: Double(count(3))
        case 4: -Double.random(in: 0...1e6, using: &generator)
        case 5: Double(bitPattern: generator.next())
        case 6:
            [.leastNonzeroMagnitude, 1e-300, 1e300, -1e300, .greatestFiniteMagnitude, -0.0].randomElement(
                using: &generator) ?? 0
        default: Double.random(in: 1e-6...2e-3, using: &generator)
        }
    }

    private mutating func axis() -> ChartAxis {
        let units: [ChartUnit] = [
            .count, .seconds, .bytes, .bitsPerSecond, .percent, .factor, .rate("req/s"), .plain,
        ]
        return ChartAxis(
            label: text(), unit: units.randomElement(using: &generator) ?? .plain,
            scale: generator.oneIn(2) ? .linear : .log10,
            ticks: generator.oneIn(3) ? (0..<count(6)).map { _ in number() } : nil, includesZero: generator.oneIn(2))
    }

    private mutating func text() -> String {
        let pieces = [
            "iptables", " ", "<", "&", "\"", "'", "]]>", "<!--", "\u{0}", "\u{FFFE}", "µs", "漢字", "👩‍👩‍👧", "\n", "\r\n",
            "aVeryLongWordWithoutAnySpaceInIt", "e\u{301}", "\u{202E}",
        ]
        return (0..<count(12)).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
    }
}
