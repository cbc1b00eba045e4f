extension LineChart {
    /// What the chart shows, in words.
    var description: String {
        let axes = "Line chart of \(yAxis.spoken("values")) over \(xAxis.spoken("steps"))."
        let lines = series.map { series in
            let drawn = series.points.filter {
                AxisScale.isDrawable($0.x, on: xAxis.scale) && $0.y.drawable(on: yAxis) != nil
            }.sorted { $0.x < $1.x }
            guard let first = drawn.first, let last = drawn.last else { return "\(series.name): no values." }
            if drawn.count == 1 { return "\(series.name): \(ending(of: first))." }
            return "\(series.name): from \(ending(of: first)) to \(ending(of: last))."
        }
        return ([axes] + lines).joined(separator: " ")
    }

    /// A point with its spread: `10k services: 123 µs (110 µs – 140 µs)`.
    func text(of point: Point) -> String {
        let at = xAxis.unit.format(point.x) + (xAxis.label.isEmpty ? "" : " " + xAxis.label)
        return "\(at): \(yAxis.unit.format(point.y ?? .nan))\(yAxis.unit.spread(point.low, point.high))"
    }

    private func ending(of point: Point) -> String {
        "\(yAxis.unit.format(point.y ?? .nan)) at \(xAxis.unit.format(point.x))"
    }
}

extension BarChart {
    /// What the chart shows, in words.
    var description: String {
        let rows = categories.enumerated().map { index, category in
            let values = series.map { series in
                "\(series.name) \(text(of: series.values.dropFirst(index).first))"
            }
            return "\(category): \(values.joined(separator: ", "))."
        }
        return (["Bar chart of \(valueAxis.spoken("values"))."] + rows).joined(separator: " ")
    }

    func text(of value: Value?) -> String {
        guard let number = value?.value else { return "not measured" }
        return valueAxis.unit.format(number) + valueAxis.unit.spread(value?.low, value?.high)
    }
}

extension ChartUnit {
    /// ` (110 µs – 140 µs)`, or nothing.
    func spread(_ low: Double?, _ high: Double?) -> String {
        switch (low, high) {
        case (let low?, let high?): " (\(format(low)) – \(format(high)))"
        case (let low?, nil): " (from \(format(low)))"
        case (nil, let high?): " (up to \(format(high)))"
        case (nil, nil): ""
        }
    }
}

extension ChartAxis {
    fileprivate func spoken(_ fallback: String) -> String {
        (label.isEmpty ? fallback : label) + (scale == .log10 ? ", logarithmic scale" : "")
    }
}
