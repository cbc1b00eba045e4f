extension BarChart {
    /// The chart as a standalone SVG document, 760 pixels wide and as high as its rows need. Without a theme of its
    /// own it follows the reader's light or dark scheme.
    public func svg(theme: ChartTheme = .automatic) -> String {
        svg(.standalone(theme))
    }

    func svg(_ placement: ChartFrame.Placement) -> String {
        let layout = BarChartLayout(self)
        return layout.frame.document(
            bottom: layout.footer(of: self), description: description, placement: placement
        ) { svg in
            draw(axisOf: layout, into: &svg)
            for heading in layout.headings {
                svg.label(heading.text, x: ChartFrame.margin, y: heading.y, "strong")
            }
            for row in layout.rows { draw(row, of: layout, into: &svg) }
            let origin = layout.origin(of: self)
            svg.line("base", from: (origin, layout.top), to: (origin, layout.bottom))
            if layout.rows.isEmpty {
                svg.label(
                    "No values to show", x: ChartFrame.width / 2, y: (layout.top + layout.bottom) / 2, "quiet",
                    anchor: .middle)
            }
        }
    }

    private func draw(axisOf layout: BarChartLayout, into svg: inout XMLWriter) {
        for tick in layout.axis.spacedTicks(at: layout.x) {
            svg.line("grid", from: (tick.x, layout.top), to: (tick.x, layout.bottom))
            svg.label(tick.label, x: tick.x, y: layout.bottom + 16, "tick", anchor: .middle)
        }
        guard !valueAxis.title.isEmpty else { return }
        let title = TextMetrics.truncate(valueAxis.title, size: 12, width: layout.right - layout.left)
        svg.label(title, x: (layout.left + layout.right) / 2, y: layout.bottom + 34, "axis", anchor: .middle)
    }

    private func draw(_ row: BarChartLayout.Row, of layout: BarChartLayout, into svg: inout XMLWriter) {
        svg.label(row.name, x: layout.left - 10, y: row.y + 4, "row", anchor: .end)
        let origin = layout.origin(of: self)
        guard let value = row.value.value.drawable(on: valueAxis) else {
            let reason = row.value.value == nil ? "not measured" : "not shown"
            let fits = origin + 6 + TextMetrics.width(reason, size: 12) <= ChartFrame.width
            svg.label(reason, x: (fits ? origin : layout.left) + 6, y: row.y + 4, "quiet")
            return
        }
        let end = layout.x(value)
        // Always at least a sliver, so that the colour is seen.
        let width = max((end - origin).magnitude, 1.5)
        svg.element("g", ["class": row.style.cssClass]) { group in
            group.element(
                "rect",
                [
                    "class": "bar", "x": ChartNumber.coordinate(min(origin, end)),
                    "y": ChartNumber.coordinate(row.y - BarChartLayout.barExtent / 2),
                    "width": ChartNumber.coordinate(width),
                    "height": ChartNumber.coordinate(BarChartLayout.barExtent), "rx": "1.5",
                ]
            ) { $0.element("title", text: "\(row.fullName): \(text(of: row.value))") }
        }
        let ends = [row.value.low, row.value.high].compactMap { $0.drawable(on: valueAxis) }.map(layout.x)
        if let low = (ends + [end]).min(), let high = (ends + [end]).max(), high - low > 1 {
            let caps = ends.map { "M\(ChartNumber.coordinate($0)) \(ChartNumber.coordinate(row.y - 3.5))v7" }
            let y = ChartNumber.coordinate(row.y)
            let path = "M\(ChartNumber.coordinate(low)) \(y)H\(ChartNumber.coordinate(high))" + caps.joined()
            // Seen on the bar as well as beside it.
            svg.empty("path", ["class": "whisker-halo", "d": path])
            svg.empty("path", ["class": "whisker-ink", "d": path])
        }
        let x = (ends + [end]).reduce(origin, max) + 6
        svg.label(valueAxis.unit.format(value), x: x, y: row.y + 4, "value")
    }
}
