/// What all charts have in common: the document, the heading, the notes.
struct ChartFrame {
    static let width = 760.0
    static let margin = 16.0

    private static let titleLine = 22.0
    private static let subtitleLine = 18.0
    private static let noteLine = 15.0

    private let title: String
    private let titleLines: [String]
    private let subtitleLines: [String]
    private let noteLines: [String]

    init(title: String, subtitle: String, notes: [String]) {
        let width = Self.width - 2 * Self.margin
        self.title = title
        titleLines = TextMetrics.balance(title, size: 17, bold: true, width: width, lines: 3)
        subtitleLines = TextMetrics.balance(subtitle, size: 13, width: width, lines: 4)
        noteLines = notes.flatMap { TextMetrics.wrap($0, size: 11, width: width, lines: 6) }
    }

    /// Where the space below the heading begins.
    var top: Double {
        Self.margin + Double(titleLines.count) * Self.titleLine + Double(subtitleLines.count) * Self.subtitleLine + 10
    }

    /// How a chart is to be written: alone, or as a part of a page that has the style sheet.
    enum Placement {
        case standalone(ChartTheme)
        /// `id` is not used by anything else on the page.
        case inline(id: String)
    }

    /// - Parameters:
    ///   - bottom: where the content ends.
    ///   - description: what the chart shows, for those who do not see it.
    func document(
        bottom: Double, description: String, placement: Placement, content: (inout XMLWriter) -> Void
    ) -> String {
        let notesTop = bottom + (noteLines.isEmpty ? 0 : 12)
        let height = (notesTop + Double(noteLines.count) * Self.noteLine + Self.margin).rounded(.up)
        let size = (ChartNumber.coordinate(Self.width), ChartNumber.coordinate(height))
        let id: String
        let cssClass: String
        switch placement {
        case .standalone(let theme): (id, cssClass) = ("chart", theme.chartClass)
        case .inline(let name): (id, cssClass) = (name, "chart")
        }
        var writer = XMLWriter()
        writer.element(
            "svg",
            [
                "xmlns": "http://www.w3.org/2000/svg", "class": cssClass, "role": "img",
                "aria-labelledby": "\(id)-title \(id)-desc", "viewBox": "0 0 \(size.0) \(size.1)", "width": size.0,
                "height": size.1,
            ]
        ) { svg in
            svg.element("title", ["id": "\(id)-title"], text: title)
            svg.element("desc", ["id": "\(id)-desc"], text: description)
            if case .standalone = placement {
                svg.raw("<style>\n\(ChartStyleSheet.css)</style>\n")
            }
            svg.empty("rect", ["class": "paper", "width": size.0, "height": size.1])
            heading(&svg)
            content(&svg)
            for (index, line) in noteLines.enumerated() {
                svg.label(line, x: Self.margin, y: notesTop + Double(index + 1) * Self.noteLine - 4, "note")
            }
        }
        return writer.output
    }

    private func heading(_ svg: inout XMLWriter) {
        var baseline = Self.margin
        for line in titleLines {
            svg.label(line, x: Self.margin, y: baseline + 16, "title")
            baseline += Self.titleLine
        }
        for line in subtitleLines {
            svg.label(line, x: Self.margin, y: baseline + 12, "subtitle")
            baseline += Self.subtitleLine
        }
    }
}

extension ChartTheme {
    fileprivate var chartClass: String {
        self == .automatic ? "chart" : "chart theme-\(rawValue)"
    }
}

extension XMLWriter {
    enum Anchor: String {
        case start, middle, end
    }

    mutating func label(_ text: String, x: Double, y: Double, _ cssClass: String, anchor: Anchor = .start) {
        element(
            "text",
            [
                "class": cssClass, "x": ChartNumber.coordinate(x), "y": ChartNumber.coordinate(y),
                "text-anchor": anchor == .start ? "" : anchor.rawValue,
            ], text: text)
    }

    mutating func line(_ cssClass: String, from start: (x: Double, y: Double), to end: (x: Double, y: Double)) {
        empty(
            "line",
            [
                "class": cssClass, "x1": ChartNumber.coordinate(start.x), "y1": ChartNumber.coordinate(start.y),
                "x2": ChartNumber.coordinate(end.x), "y2": ChartNumber.coordinate(end.y),
            ])
    }
}
