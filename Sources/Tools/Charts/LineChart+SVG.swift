extension LineChart {
    /// The chart as a standalone SVG document, 760 pixels wide. Without a theme of its own it follows the reader's
    /// light or dark scheme. It needs no scripts or fonts, and what it shows is also told as text.
    public func svg(theme: ChartTheme = .automatic) -> String {
        svg(.standalone(theme))
    }

    func svg(_ placement: ChartFrame.Placement) -> String {
        let layout = LineChartLayout(self)
        return layout.frame.document(
            bottom: layout.footer(of: self), description: description, placement: placement
        ) { svg in
            draw(axesOf: layout, into: &svg)
            // The reference stays behind what is compared with it.
            let lines = layout.lines.sorted { $0.isReference && !$1.isReference }
            for line in lines where !line.runs.isEmpty { draw(line, of: layout, into: &svg) }
            if lines.allSatisfy(\.runs.isEmpty) {
                svg.label(
                    "No values to show", x: (layout.left + layout.right) / 2, y: (layout.top + layout.bottom) / 2,
                    "quiet", anchor: .middle)
            }
        }
    }

    private func draw(axesOf layout: LineChartLayout, into svg: inout XMLWriter) {
        if !yAxis.title.isEmpty {
            let title = TextMetrics.truncate(
                yAxis.title, size: 12, width: ChartFrame.width - 2 * ChartFrame.margin)
            svg.label(title, x: ChartFrame.margin, y: layout.top - 14, "axis")
        }
        for tick in layout.yTicks {
            svg.line("grid", from: (layout.left, tick.y), to: (layout.right, tick.y))
            svg.label(tick.label, x: layout.left - 8, y: tick.y + 4, "tick", anchor: .end)
        }
        svg.line("base", from: (layout.left, layout.bottom), to: (layout.right, layout.bottom))
        for tick in layout.xTicks {
            svg.line("base", from: (tick.x, layout.bottom), to: (tick.x, layout.bottom + 5))
            svg.label(tick.label, x: tick.x, y: layout.bottom + 19, "tick", anchor: .middle)
        }
        if !xAxis.title.isEmpty {
            let title = TextMetrics.truncate(xAxis.title, size: 12, width: layout.right - layout.left)
            svg.label(title, x: (layout.left + layout.right) / 2, y: layout.bottom + 39, "axis", anchor: .middle)
        }
    }

    private func draw(_ line: LineChartLayout.Line, of layout: LineChartLayout, into svg: inout XMLWriter) {
        svg.element("g", ["class": line.style.cssClass]) { group in
            let whiskers = line.runs.joined().map(Self.whisker).joined()
            if !whiskers.isEmpty { group.empty("path", ["class": "whisker", "d": whiskers]) }
            for run in line.runs where run.count > 1 {
                let path = run.map { ChartNumber.coordinate($0.x) + " " + ChartNumber.coordinate($0.y) }
                group.empty(
                    "path",
                    ["class": "line", "stroke-dasharray": line.style.dashes, "d": "M" + path.joined(separator: "L")])
            }
            for mark in Self.marked(line.runs) {
                group.element("path", ["class": "marker", "d": line.style.markerPath(x: mark.x, y: mark.y)]) {
                    $0.element("title", text: "\(line.name): \(text(of: mark.point))")
                }
            }
            if let label = line.endLabel { draw(label, of: line, layout: layout, into: &group) }
        }
    }

    private func draw(
        _ label: LineChartLayout.EndLabel, of line: LineChartLayout.Line, layout: LineChartLayout,
        into svg: inout XMLWriter
    ) {
        let x = layout.right + LineChartLayout.gutter
        let edge = max(layout.right, label.start.x + 6)
        // Level to the edge of the plot, so that it crosses no line at an angle; then to the label.
        let path = [(label.start.x + 6, label.start.y), (edge, label.start.y), (x - 7, label.centre)]
            .map { ChartNumber.coordinate($0.0) + " " + ChartNumber.coordinate($0.1) }.joined(separator: "L")
        svg.empty("path", ["class": "leader", "stroke-dasharray": "1 2", "d": "M" + path])
        svg.element("path", ["class": "marker", "d": line.style.markerPath(x: x, y: label.centre)]) {
            $0.element("title", text: line.name)
        }
        let place = (x: x + LineChartLayout.markerGap, y: label.centre + 4)
        svg.element(
            "text", ["x": ChartNumber.coordinate(place.x), "y": ChartNumber.coordinate(place.y)]
        ) { text in
            text.inline("tspan", ["class": "strong"], text: label.name)
            // SVG 1.1 drops line breaks, SVG 2 makes spaces of them.
            text.raw(" ")
            text.inline("tspan", ["class": "quiet"], text: label.value)
        }
    }

    private static func whisker(_ mark: LineChartLayout.Mark) -> String {
        let ends = [mark.low, mark.high].compactMap(\.self)
        guard let first = ends.min(), let last = ends.max(), last - first > 0.5 || (ends + [mark.y]).count == 2 else {
            return ""
        }
        let x = ChartNumber.coordinate(mark.x)
        let start = ChartNumber.coordinate(min(first, mark.y))
        let end = ChartNumber.coordinate(max(last, mark.y))
        let left = ChartNumber.coordinate(mark.x - 4)
        let caps = ends.map { "M\(left) \(ChartNumber.coordinate($0))h8" }.joined()
        return "M\(x) \(start)V\(end)" + caps
    }

    /// All points where there is room for a marker each; else those that a line does not show: single ones and ends.
    private static func marked(_ runs: [[LineChartLayout.Mark]]) -> [LineChartLayout.Mark] {
        let marks = runs.flatMap(\.self)
        if marks.count <= 50 { return marks }
        return runs.enumerated().flatMap { index, run in
            run.count == 1 || index == runs.count - 1 ? Array(run.suffix(1)) : []
        }
    }
}
