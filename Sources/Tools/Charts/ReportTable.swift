/// A table of a report. The first column names the rows.
public struct ReportTable: Codable, Sendable, Hashable {
    public enum Alignment: String, Codable, Sendable, Hashable {
        case leading
        case center
        /// For numbers.
        case trailing
    }

    public struct Column: Codable, Sendable, Hashable {
        public var title: String
        public var alignment: Alignment

        public init(_ title: String, _ alignment: Alignment = .trailing) {
            self.title = title
            self.alignment = alignment
        }
    }

    public struct Cell: Codable, Sendable, Hashable, ExpressibleByStringLiteral {
        public var text: String
        /// Highlighted, as the best of its column or row.
        public var isBest: Bool
        /// Smaller, after the text, such as the spread.
        public var detail: String

        public init(_ text: String, detail: String = "", isBest: Bool = false) {
            self.text = text
            self.detail = detail
            self.isBest = isBest
        }

        public init(stringLiteral value: String) {
            self.init(value)
        }
    }

    public var caption: String
    public var columns: [Column]
    /// Short rows are filled up with empty cells; cells beyond the last column are left out.
    public var rows: [[Cell]]

    public init(caption: String = "", columns: [Column], rows: [[Cell]]) {
        self.caption = caption
        self.columns = columns
        self.rows = rows
    }
}
