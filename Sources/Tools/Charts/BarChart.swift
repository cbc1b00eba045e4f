/// Groups of horizontal bars, each named and with its value beside it, so that no legend is needed.
///
/// With several categories each is a heading with one bar a series below it; with a single category or a single unnamed
/// series the heading is left out. What cannot be drawn (see ``LineChart``) is a row without a bar that says so.
public struct BarChart: Codable, Sendable, Hashable {
    public struct Value: Codable, Sendable, Hashable {
        /// nil where nothing was measured.
        public var value: Double?
        /// The ends of the whisker that shows the spread. Either may be missing.
        public var low: Double?
        public var high: Double?

        public init(_ value: Double?, low: Double? = nil, high: Double? = nil) {
            self.value = value
            self.low = low
            self.high = high
        }
    }

    public struct Series: Codable, Sendable, Hashable {
        public var name: String
        /// One for each category, in their order; missing ones at the end count as not measured.
        public var values: [Value]
        /// As in ``LineChart/Series/style``: the same number has the same colour in every chart.
        public var style: Int?
        public var isReference: Bool

        public init(name: String, values: [Value], style: Int? = nil, isReference: Bool = false) {
            self.name = name
            self.values = values
            self.style = style
            self.isReference = isReference
        }
    }

    public var title: String
    public var subtitle: String
    /// The groups, such as `1,000 services`.
    public var categories: [String]
    /// The axis of the values. A linear one always starts at zero; bars on a logarithmic one start at its lower end.
    public var valueAxis: ChartAxis
    public var series: [Series]
    public var note: String?

    public init(
        title: String, subtitle: String = "", categories: [String], valueAxis: ChartAxis, series: [Series],
        note: String? = nil
    ) {
        self.title = title
        self.subtitle = subtitle
        self.categories = categories
        self.valueAxis = valueAxis
        self.series = series
        self.note = note
    }
}
