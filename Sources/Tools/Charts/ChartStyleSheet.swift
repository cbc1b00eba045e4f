/// The style sheet that all charts share, so that a page needs it once.
enum ChartStyleSheet {
    /// Colours are variables; each use has a plain colour before it for viewers that know no variables.
    ///
    /// A class `theme-light` or `theme-dark`, on the chart or on anything around it, overrides what the system asks
    /// for. On paper all is light.
    static var css: String {
        """
        .chart{\(variables(dark: false))}
        @media (prefers-color-scheme:dark){.chart{\(variables(dark: true))}}
        .theme-light .chart,.chart.theme-light{\(variables(dark: false))}
        .theme-dark .chart,.chart.theme-dark{\(variables(dark: true))}
        @media print{.chart,.theme-dark .chart,.chart.theme-dark{\(variables(dark: false))}}
        .chart{font-family:"Helvetica Neue",Helvetica,Arial,"Liberation Sans",system-ui,sans-serif;\
        font-variant-numeric:tabular-nums}
        .chart .paper{\(property("fill", "paper"))}
        .chart text{\(property("fill", "ink"));font-size:12px}
        .chart .title{font-size:17px;font-weight:700}
        .chart .subtitle{font-size:13px}
        .chart .note{font-size:11px}
        .chart .strong{font-weight:700}
        .chart .subtitle,.chart .note,.chart .tick,.chart .axis,.chart .quiet{\(property("fill", "quiet"))}
        .chart .grid{\(property("stroke", "grid"));stroke-width:1}
        .chart .base{\(property("stroke", "base"));stroke-width:1}
        .chart .whisker-ink{\(property("stroke", "ink"));stroke-width:1.2;fill:none}
        .chart .whisker-halo{\(property("stroke", "paper"));stroke-width:3.6;fill:none}
        .chart .line{stroke:currentColor;stroke-width:2.2;stroke-linejoin:round;fill:none}
        .chart .whisker{stroke:currentColor;stroke-width:1.2;stroke-opacity:.7;fill:none}
        .chart .leader{stroke:currentColor;stroke-width:1;stroke-opacity:.6;fill:none}
        .chart .marker{fill:currentColor;\(property("stroke", "paper"));stroke-width:1.2}
        .chart .ref .marker{\(property("fill", "paper"));stroke:currentColor;stroke-width:1.8}
        .chart .ref .line{stroke-linecap:round}
        .chart .bar{fill:currentColor;fill-opacity:.85}
        .chart .ref{\(property("color", "ref"))}

        """
            + SeriesStyle.colours.indices.map { ".chart .s\($0){\(property("color", "s\($0)"))}\n" }.joined()
    }

    static let tones: [(name: String, light: String, dark: String)] = [
        ("paper", "#ffffff", "#0f1419"), ("ink", "#1b2229", "#e8edf2"), ("quiet", "#56616d", "#a3afbb"),
        ("grid", "#e4e8ec", "#27303a"), ("base", "#8d98a4", "#66727e"), ("ref", "#6d7782", "#97a3af"),
    ]

    private static let variableList: [(name: String, light: String, dark: String)] =
        tones + SeriesStyle.colours.enumerated().map { ("s\($0.offset)", $0.element.light, $0.element.dark) }

    private static func variables(dark: Bool) -> String {
        variableList.map { "--chart-\($0.name):\(dark ? $0.dark : $0.light)" }.joined(separator: ";")
    }

    private static func property(_ property: String, _ name: String) -> String {
        let plain = variableList.first { $0.name == name }?.light ?? "#000000"
        return "\(property):\(plain);\(property):var(--chart-\(name))"
    }
}
