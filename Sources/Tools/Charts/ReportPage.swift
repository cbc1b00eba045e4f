/// A report as one self-contained HTML file: no scripts, no fonts or images from elsewhere; light and dark, narrow
/// screens and paper. All text is escaped; none of it is read as markup.
public struct ReportPage: Codable, Sendable, Hashable {
    public struct Section: Codable, Sendable, Hashable {
        /// May be empty: then the section has no heading.
        public var heading: String
        public var blocks: [Block]

        public init(_ heading: String, _ blocks: [Block]) {
            self.heading = heading
            self.blocks = blocks
        }
    }

    public enum Block: Codable, Sendable, Hashable {
        case paragraph(String)
        case list([String])
        /// Names and values side by side, such as kernel, CPU and versions.
        case facts([Fact])
        case table(ReportTable)
        /// A chart with its values as a table that can be folded out below.
        case lineChart(LineChart)
        case barChart(BarChart)
        /// A command or output, shown as it is.
        case code(String)
    }

    public struct Fact: Codable, Sendable, Hashable {
        public var name: String
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public var title: String
    /// Below the title: when, where, what.
    public var subtitle: String
    /// The first line of the page, above the title: what the reader must know before any number.
    public var banner: String?
    public var sections: [Section]
    public var footer: String?
    public var theme: ChartTheme
    /// The language of the text, as a BCP 47 tag.
    public var language: String

    public init(
        title: String, subtitle: String = "", banner: String? = nil, sections: [Section], footer: String? = nil,
        theme: ChartTheme = .automatic, language: String = "en"
    ) {
        self.title = title
        self.subtitle = subtitle
        self.banner = banner
        self.sections = sections
        self.footer = footer
        self.theme = theme
        self.language = language
    }
}
