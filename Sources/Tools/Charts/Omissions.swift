/// Counts what a chart cannot draw, to say so below it.
struct Omissions {
    private var nonPositive = 0
    private var outOfRange = 0
    private var emptySeries: [String] = []

    mutating func check(_ value: Double?, on axis: ChartAxis) {
        guard let value, !AxisScale.isDrawable(value, on: axis.scale) else { return }
        if axis.scale == .log10, value.isFinite, value <= 0 {
            nonPositive += 1
        } else {
            outOfRange += 1
        }
    }

    mutating func seriesIsEmpty(_ name: String) {
        emptySeries.append(name)
    }

    var notes: [String] {
        var notes: [String] = []
        if !emptySeries.isEmpty { notes.append("No values: " + emptySeries.joined(separator: ", ") + ".") }
        if nonPositive > 0 {
            notes.append("Not shown: \(Self.values(nonPositive)) at or below zero, which a logarithmic axis lacks.")
        }
        if outOfRange > 0 { notes.append("Not shown: \(Self.values(outOfRange)) that no axis can show.") }
        return notes
    }

    private static func values(_ count: Int) -> String {
        count == 1 ? "1 value" : "\(count) values"
    }
}
