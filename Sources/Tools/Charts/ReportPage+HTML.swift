extension ReportPage {
    /// The page as one HTML file. Nothing is loaded from elsewhere and no script runs, which its content security
    /// policy also demands of the browser.
    public func html() -> String {
        var writer = XMLWriter()
        writer.raw("<!DOCTYPE html>\n")
        let themeClass = theme == .automatic ? "" : "theme-\(theme.rawValue)"
        writer.element("html", ["lang": language, "class": themeClass]) { html in
            html.element("head") { head in
                head.empty("meta", ["charset": "utf-8"])
                head.empty("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
                head.empty(
                    "meta",
                    [
                        "http-equiv": "Content-Security-Policy",
                        "content": "default-src 'none'; style-src 'unsafe-inline'",
                    ])
                head.element("title", text: title)
                head.raw("<style>\n\(ReportStyleSheet.css)\(ChartStyleSheet.css)</style>\n")
            }
            html.element("body") { body in
                if let banner, !banner.isEmpty {
                    body.element("p", ["class": "banner", "role": "note"], text: banner)
                }
                body.element("main") { write(into: &$0) }
            }
        }
        return writer.output
    }

    private func write(into main: inout XMLWriter) {
        main.element("h1", text: title)
        if !subtitle.isEmpty { main.element("p", ["class": "subtitle"], text: subtitle) }
        var charts = 0
        for section in sections {
            main.element("section") { content in
                if !section.heading.isEmpty { content.element("h2", text: section.heading) }
                for block in section.blocks { Self.write(block, charts: &charts, into: &content) }
            }
        }
        if let footer, !footer.isEmpty {
            main.element("footer") { $0.element("p", text: footer) }
        }
    }

    private static func write(_ block: Block, charts: inout Int, into writer: inout XMLWriter) {
        switch block {
        case .paragraph(let text): writer.element("p", text: text)
        case .list(let items):
            guard !items.isEmpty else { return }
            writer.element("ul") { list in
                for item in items { list.element("li", text: item) }
            }
        case .facts(let facts):
            guard !facts.isEmpty else { return }
            writer.element("dl") { list in
                for fact in facts {
                    list.element("dt", text: fact.name)
                    list.element("dd", text: fact.value)
                }
            }
        case .table(let table): table.write(into: &writer)
        case .code(let text):
            writer.element("pre", ["tabindex": "0"]) { pre in
                pre.element("code", text: text)
            }
        case .lineChart(let chart):
            charts += 1
            figure(chart.svg(.inline(id: "chart-\(charts)")), values: chart.valuesTable, into: &writer)
        case .barChart(let chart):
            charts += 1
            figure(chart.svg(.inline(id: "chart-\(charts)")), values: chart.valuesTable, into: &writer)
        }
    }

    private static func figure(_ svg: String, values: ReportTable, into writer: inout XMLWriter) {
        writer.element("figure") { figure in
            figure.element("div", ["class": "scroll", "role": "region", "tabindex": "0", "aria-label": "Chart"]) {
                $0.raw(svg)
            }
            figure.element("details") { details in
                details.element("summary", text: "Values")
                values.write(into: &details)
            }
        }
    }
}

extension ReportTable {
    func write(into writer: inout XMLWriter) {
        let name = caption.isEmpty ? "Table" : caption
        // Wide tables scroll by themselves; focusable, so that the keyboard can do it.
        writer.element("div", ["class": "scroll", "role": "region", "tabindex": "0", "aria-label": name]) { region in
            region.element("table") { table in
                if !caption.isEmpty { table.element("caption", text: caption) }
                table.element("thead") { head in
                    head.element("tr") { row in
                        for column in columns {
                            row.element("th", ["scope": "col", "class": column.alignment.cssClass], text: column.title)
                        }
                    }
                }
                table.element("tbody") { body in
                    for cells in rows {
                        body.element("tr") { write(cells, into: &$0) }
                    }
                }
            }
        }
    }

    private func write(_ cells: [Cell], into row: inout XMLWriter) {
        for (index, column) in columns.enumerated() {
            let cell = cells.dropFirst(index).first ?? ""
            let best = cell.isBest ? "best" : ""
            let classes = [column.alignment.cssClass, best].filter { !$0.isEmpty }.joined(separator: " ")
            row.element(
                index == 0 ? "th" : "td",
                ["scope": index == 0 ? "row" : "", "class": classes, "title": cell.isBest ? "best" : ""]
            ) { content in
                content.raw(XMLWriter.escape(cell.text))
                if !cell.detail.isEmpty { content.element("small", text: " " + cell.detail) }
            }
        }
    }
}

extension ReportTable.Alignment {
    fileprivate var cssClass: String {
        switch self {
        case .leading: ""
        case .center: "center"
        case .trailing: "number"
        }
    }
}
