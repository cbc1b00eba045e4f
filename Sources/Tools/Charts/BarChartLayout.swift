/// Where everything of a bar chart is, in pixels.
struct BarChartLayout {
    struct Row {
        /// The name beside the bar, cut if it is long.
        var name: String
        /// Category and series in full.
        var fullName: String
        var style: SeriesStyle
        var value: BarChart.Value
        /// The middle of the row.
        var y: Double
    }

    struct Heading {
        var text: String
        /// The base line.
        var y: Double
    }

    static let rowExtent = 21.0
    static let barExtent = 13.0
    private static let headingExtent = 24.0
    private static let groupGap = 10.0
    private static let nameWidth = 200.0

    let frame: ChartFrame
    let axis: AxisScale
    let left: Double
    let right: Double
    let top: Double
    let bottom: Double
    let rows: [Row]
    let headings: [Heading]

    init(_ chart: BarChart) {
        var omissions = Omissions()
        let shown = chart.series.flatMap { $0.values.prefix(chart.categories.count) }
        for value in shown.flatMap({ [$0.value, $0.low, $0.high] }) { omissions.check(value, on: chart.valueAxis) }
        frame = ChartFrame(
            title: chart.title, subtitle: chart.subtitle,
            notes: omissions.notes + [chart.note].compactMap { $0 }.filter { !$0.isEmpty })
        top = frame.top + 4
        (rows, headings, bottom) = Self.arrange(chart, top: frame.top + 8)
        axis = Self.scale(of: chart, values: shown)
        let names = rows.map { TextMetrics.width($0.name, size: 12) }.max() ?? 0
        left = ChartFrame.margin + names + 10
        let texts = shown.compactMap(\.value).map { TextMetrics.width(chart.valueAxis.unit.format($0), size: 12) }
        right = max(ChartFrame.width - ChartFrame.margin - max(texts.max() ?? 0, 30) - 10, left + 120)
    }

    func x(_ value: Double) -> Double {
        left + axis.position(value) * (right - left)
    }

    /// Where the bars begin: at zero, or at the lower end of a logarithmic axis.
    func origin(of chart: BarChart) -> Double {
        chart.valueAxis.scale == .log10 ? left : x(0)
    }

    func footer(of chart: BarChart) -> Double {
        bottom + 20 + (chart.valueAxis.title.isEmpty ? 0 : 18)
    }

    private static func scale(of chart: BarChart, values: [BarChart.Value]) -> AxisScale {
        var axis = chart.valueAxis
        axis.includesZero = true
        var numbers = values.flatMap { [$0.value, $0.low, $0.high].compactMap(\.self) }
        // The least bar must have a length.
        if axis.scale == .log10, let least = numbers.filter({ AxisScale.isDrawable($0, on: .log10) }).min() {
            numbers.append(least / 2)
        }
        return AxisScale(axis: axis, values: numbers, count: 6, extends: true)
    }

    private static func arrange(_ chart: BarChart, top: Double) -> ([Row], [Heading], Double) {
        let isFlat = chart.categories.count == 1 || (chart.series.count == 1 && chart.series[0].name.isEmpty)
        var y = top
        var rows: [Row] = []
        var headings: [Heading] = []
        for (index, category) in chart.categories.enumerated() {
            if !isFlat {
                y += index == 0 ? 0 : groupGap
                let width = ChartFrame.width - 2 * ChartFrame.margin
                let text = TextMetrics.truncate(category, size: 12, bold: true, width: width)
                headings.append(Heading(text: text, y: y + 15))
                y += headingExtent
            }
            for (position, series) in chart.series.enumerated() {
                let name = series.name.isEmpty ? category : series.name
                rows.append(
                    Row(
                        name: TextMetrics.truncate(name, size: 12, width: nameWidth),
                        fullName: series.name.isEmpty ? category : "\(category), \(series.name)",
                        style: .style(series.style ?? position, isReference: series.isReference),
                        value: series.values.dropFirst(index).first ?? BarChart.Value(nil), y: y + rowExtent / 2))
                y += rowExtent
            }
        }
        return (rows, headings, max(y, top + 40) + 4)
    }
}
