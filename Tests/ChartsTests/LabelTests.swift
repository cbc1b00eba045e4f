import TestSupport
import Testing

@testable import Charts

@Suite struct LabelTests {
    @Test("Labels that have room stay where they wish to be")
    func untouched() {
        #expect(LabelSpreading.centres(wishes: [50, 20, 80], extent: 10, range: 0...100) == [50, 20, 80])
    }

    @Test("Labels that would overlap share the displacement, in the order of their wishes")
    func block() {
        #expect(LabelSpreading.centres(wishes: [50, 50, 90], extent: 10, range: 0...100) == [45, 55, 90])
        #expect(LabelSpreading.centres(wishes: [99, 98], extent: 10, range: 0...100) == [95, 85])
        #expect(LabelSpreading.centres(wishes: [], extent: 10, range: 0...100).isEmpty)
    }

    @Test("No two of any number of labels overlap, and all stay in a range that has room")
    func random() {
        var generator = SeededGenerator(seed: 6)
        for _ in 0..<500 {
            let count = Int.random(in: 1...20, using: &generator)
            let wishes = (0..<count).map { _ in Double.random(in: 0...340, using: &generator).rounded() }
            let centres = LabelSpreading.centres(wishes: wishes, extent: 17, range: 0...340).sorted()
            for (before, after) in zip(centres, centres.dropFirst()) { #expect(after - before >= 17 - 1e-6) }
            #expect(centres.allSatisfy { $0 >= 8.5 - 1e-6 && $0 <= 331.5 + 1e-6 })
        }
    }

    @Test("Twenty series with the same last value have twenty labels apart from each other, inside the chart")
    func crowded() throws {
        let series = (0..<20).map { LineChart.Series(name: "series \($0)", points: [.init(x: 1, y: 7)]) }
        let chart = LineChart(
            title: "Crowded", xAxis: .init(label: "x", unit: .count), yAxis: .init(label: "y", unit: .seconds),
            series: series)
        let layout = LineChartLayout(chart)
        let labels = layout.lines.compactMap(\.endLabel)
        #expect(labels.count == 20)
        let centres = labels.map(\.centre).sorted()
        for (before, after) in zip(centres, centres.dropFirst()) { #expect(after - before >= 17 - 1e-6) }
        #expect(try #require(centres.first) >= layout.top)
        #expect(try #require(centres.last) <= layout.bottom)
        for label in labels {
            #expect(layout.right + LineChartLayout.gutter + label.width <= ChartFrame.width)
        }
    }

    @Test("Text is wrapped to the width, and what is too long ends with an ellipsis")
    func wrapping() {
        let text = "one two three four five six seven eight nine ten"
        let lines = TextMetrics.wrap(text, size: 12, width: 120, lines: 9)
        #expect(lines.joined(separator: " ") == text)
        #expect(lines.count > 1 && lines.allSatisfy { TextMetrics.width($0, size: 12) <= 120 })
        let cut = TextMetrics.wrap(text, size: 12, width: 120, lines: 2)
        #expect(cut.count == 2 && cut[1].hasSuffix("…") && TextMetrics.width(cut[1], size: 12) <= 120)
        let word = TextMetrics.wrap(String(repeating: "w", count: 100), size: 12, width: 120, lines: 2)
        #expect(word.count == 1 && word[0].hasSuffix("w…") && TextMetrics.width(word[0], size: 12) <= 120)
        #expect(TextMetrics.wrap(" ", size: 12, width: 120, lines: 2).isEmpty)
    }

    @Test("Balanced lines are no more than needed and hold the same words")
    func balanced() {
        let text = "Median of seven interleaved rounds with quartiles on Linux 6.1"
        let plain = TextMetrics.wrap(text, size: 13, width: 400, lines: 3)
        let balanced = TextMetrics.balance(text, size: 13, width: 400, lines: 3)
        #expect(plain.count == 2 && balanced.count == 2)
        #expect(balanced.joined(separator: " ") == text)
        func last(_ lines: [String]) -> Double { TextMetrics.width(lines.last ?? "", size: 13) }
        #expect(last(balanced) > last(plain))
    }
}
