/// The colours of a chart or page.
public enum ChartTheme: String, Codable, Sendable, Hashable {
    /// Those that the reader's system asks for (`prefers-color-scheme`).
    case automatic
    case light
    case dark
}
