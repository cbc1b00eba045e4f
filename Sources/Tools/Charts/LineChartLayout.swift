/// Where everything of a line chart is, in pixels.
struct LineChartLayout {
    struct Mark {
        var x: Double
        var y: Double
        /// The ends of the whisker, in pixels.
        var low: Double?
        var high: Double?
        var point: LineChart.Point
        var value: Double
    }

    struct Line {
        var name: String
        var style: SeriesStyle
        var isReference: Bool
        /// Points joined by lines; each gap begins another run.
        var runs: [[Mark]]
        var endLabel: EndLabel?
    }

    /// The name of a series at the height of its last value, or as near as the others allow.
    struct EndLabel {
        var name: String
        var value: String
        /// The last point.
        var start: (x: Double, y: Double)
        /// The middle of the label.
        var centre: Double
        var width: Double
    }

    static let labelExtent = 17.0
    static let labelSize = 12.0
    /// From the edge of the plot to the markers of the labels.
    static let gutter = 22.0
    /// From the middle of a label's marker to its text.
    static let markerGap = 11.0
    private static let tickLabelGap = 8.0
    private static let plotHeight = 320.0

    let frame: ChartFrame
    let xAxis: AxisScale
    let yAxis: AxisScale
    let left: Double
    let right: Double
    let top: Double
    let bottom: Double
    private(set) var lines: [Line] = []

    init(_ chart: LineChart) {
        var omissions = Omissions()
        let xs = chart.series.flatMap { $0.points.map(\.x) }
        let drawn = chart.series.flatMap(\.points).filter {
            AxisScale.isDrawable($0.x, on: chart.xAxis.scale) && $0.y.drawable(on: chart.yAxis) != nil
        }
        let ys = drawn.flatMap { [$0.y, $0.low, $0.high].compactMap(\.self) }
        yAxis = AxisScale(axis: chart.yAxis, values: ys, count: 8, extends: true)
        xAxis = AxisScale(axis: chart.xAxis, values: xs, count: 8, extends: false)

        let tickWidth = yAxis.ticks.map { TextMetrics.width($0.label, size: 12) }.max() ?? 0
        left = ChartFrame.margin + tickWidth + Self.tickLabelGap
        let unplaced = chart.series.enumerated().map { Line($1, position: $0, chart: chart, omissions: &omissions) }
        let labelWidth = unplaced.compactMap { $0.endLabel?.width }.max() ?? 0
        right = max(
            ChartFrame.width - ChartFrame.margin - (labelWidth > 0 ? Self.gutter + labelWidth : 0), left + 120)

        frame = ChartFrame(
            title: chart.title, subtitle: chart.subtitle,
            notes: omissions.notes + [chart.note].compactMap { $0 }.filter { !$0.isEmpty })
        top = frame.top + (chart.yAxis.title.isEmpty ? 8 : 30)
        let labels = Double(unplaced.count { $0.endLabel != nil }) * Self.labelExtent
        bottom = top + max(Self.plotHeight, labels)
        lines = unplaced.map { placed($0, chart: chart) }
        spreadLabels()
    }

    func x(_ value: Double) -> Double {
        // Room for half a marker at both ends.
        left + 10 + xAxis.position(value) * (right - left - 20)
    }

    func y(_ value: Double) -> Double {
        bottom - yAxis.position(value) * (bottom - top)
    }

    /// Where the last label of the x axis ends.
    func footer(of chart: LineChart) -> Double {
        bottom + 22 + (chart.xAxis.title.isEmpty ? 0 : 20)
    }

    /// The ticks of the x axis whose labels do not touch those before them.
    var xTicks: [(x: Double, label: String)] {
        xAxis.spacedTicks(at: x)
    }

    /// The ticks of the y axis whose labels do not touch those below them.
    var yTicks: [(y: Double, label: String)] {
        var taken = Double.infinity
        return yAxis.ticks.compactMap { tick in
            let middle = y(tick.value)
            guard middle < taken - 14 else { return nil }
            taken = middle
            return (middle, tick.label)
        }
    }

    private func placed(_ unplaced: Line, chart: LineChart) -> Line {
        var line = unplaced
        line.runs = line.runs.map { run in
            run.map { mark in
                Mark(
                    x: x(mark.point.x), y: y(mark.value), low: mark.point.low.drawable(on: chart.yAxis).map(y),
                    high: mark.point.high.drawable(on: chart.yAxis).map(y), point: mark.point, value: mark.value)
            }
        }
        guard let last = line.runs.last?.last else { return line }
        line.endLabel?.start = (last.x, last.y)
        line.endLabel?.centre = last.y
        return line
    }

    private mutating func spreadLabels() {
        let labelled = lines.indices.filter { lines[$0].endLabel != nil }
        let centres = LabelSpreading.centres(
            wishes: labelled.map { lines[$0].endLabel?.centre ?? 0 }, extent: Self.labelExtent,
            range: top...bottom)
        for (index, centre) in zip(labelled, centres) { lines[index].endLabel?.centre = centre }
    }
}

extension LineChartLayout.Line {
    /// Names longer than this are cut; they are whole in the marker's tooltip.
    private static let nameWidth = 170.0

    fileprivate init(_ series: LineChart.Series, position: Int, chart: LineChart, omissions: inout Omissions) {
        name = series.name
        isReference = series.isReference
        style = .style(series.style ?? position, isReference: series.isReference)
        runs = [[]]
        for point in series.points { omissions.check(point.x, on: chart.xAxis) }
        let placed = series.points.filter { AxisScale.isDrawable($0.x, on: chart.xAxis.scale) }
        for point in placed.sorted(by: { $0.x < $1.x }) {
            for value in [point.y, point.low, point.high] { omissions.check(value, on: chart.yAxis) }
            if let value = point.y.drawable(on: chart.yAxis) {
                runs[runs.count - 1].append(LineChartLayout.Mark(x: 0, y: 0, point: point, value: value))
            } else if runs.last?.isEmpty == false {
                runs.append([])
            }
        }
        runs.removeAll { $0.isEmpty }
        guard let last = runs.last?.last else {
            omissions.seriesIsEmpty(series.name)
            return
        }
        let size = LineChartLayout.labelSize
        let short = TextMetrics.truncate(series.name, size: size, bold: true, width: Self.nameWidth)
        let lastX = chart.series.flatMap { $0.points.map(\.x) }
            .filter { AxisScale.isDrawable($0, on: chart.xAxis.scale) }.max()
        // A line that ends early must not seem to tell of the last x.
        let place = lastX == last.point.x ? "" : " at " + chart.xAxis.unit.format(last.point.x)
        let value = chart.yAxis.unit.format(last.value) + place
        let width =
            LineChartLayout.markerGap + 6 + TextMetrics.width(short, size: size, bold: true)
            + TextMetrics.width(" " + value, size: size)
        endLabel = LineChartLayout.EndLabel(name: short, value: value, start: (0, 0), centre: 0, width: width)
    }
}

extension Optional<Double> {
    func drawable(on axis: ChartAxis) -> Double? {
        flatMap { AxisScale.isDrawable($0, on: axis.scale) ? $0 : nil }
    }
}

extension ChartAxis {
    /// The label with what a reader must know of the scale.
    var title: String {
        switch (label.isEmpty, scale) {
        case (_, .linear): label
        case (true, .log10): "logarithmic scale"
        case (false, .log10): label + " (logarithmic scale)"
        }
    }
}
