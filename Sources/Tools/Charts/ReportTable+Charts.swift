extension LineChart {
    /// The values of the chart, one row for each x.
    var valuesTable: ReportTable {
        let steps = Set(series.flatMap { $0.points.map(\.x) }.filter(\.isFinite)).sorted()
        let points = series.map { series in
            Dictionary(series.points.map { ($0.x, $0) }, uniquingKeysWith: { first, _ in first })
        }
        let rows = steps.map { step in
            [ReportTable.Cell(xAxis.unit.format(step, digits: 4))]
                + points.map { points in
                    let point = points[step]
                    return yAxis.unit.cell(point?.y, low: point?.low, high: point?.high)
                }
        }
        return ReportTable(
            columns: [.init(xAxis.label, .trailing)] + series.map { .init($0.name) }, rows: rows)
    }
}

extension BarChart {
    /// The values of the chart, one row for each category.
    var valuesTable: ReportTable {
        let rows = categories.enumerated().map { index, category in
            [ReportTable.Cell(category)]
                + series.map { series in
                    let value = series.values.dropFirst(index).first
                    return valueAxis.unit.cell(value?.value, low: value?.low, high: value?.high)
                }
        }
        let names = series.map { ReportTable.Column($0.name.isEmpty ? valueAxis.label : $0.name) }
        return ReportTable(columns: [.init("", .leading)] + names, rows: rows)
    }
}

extension ChartUnit {
    fileprivate func cell(_ value: Double?, low: Double?, high: Double?) -> ReportTable.Cell {
        guard let value else { return "–" }
        return ReportTable.Cell(format(value), detail: spread(low, high).trimmingPrefix(" ").description)
    }
}
