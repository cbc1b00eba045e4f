/// Lines over two numeric axes, labelled where they end.
///
/// Any values may be given: what cannot be drawn (not finite, beyond 1e300, zero or less on a logarithmic axis) is a
/// gap, and a line below the chart counts what was left out.
public struct LineChart: Codable, Sendable, Hashable {
    public struct Point: Codable, Sendable, Hashable {
        public var x: Double
        /// nil where nothing was measured: the line has a gap there.
        public var y: Double?
        /// The ends of the whisker that shows the spread around `y`, such as the quartiles. Either may be missing.
        public var low: Double?
        public var high: Double?

        public init(x: Double, y: Double?, low: Double? = nil, high: Double? = nil) {
            self.x = x
            self.y = y
            self.low = low
            self.high = high
        }
    }

    public struct Series: Codable, Sendable, Hashable {
        public var name: String
        /// Drawn in the order of x.
        public var points: [Point]
        /// Colour, marker and dash pattern: equal numbers look the same in every chart. There are
        /// ``LineChart/styleCount`` of them, used in turn. nil takes the series' position in the chart.
        public var style: Int?
        /// What the others are compared with: drawn in a quiet grey, whatever its style.
        public var isReference: Bool

        public init(name: String, points: [Point], style: Int? = nil, isReference: Bool = false) {
            self.name = name
            self.points = points
            self.style = style
            self.isReference = isReference
        }
    }

    /// The number of different series styles.
    public static let styleCount = 8

    public var title: String
    public var subtitle: String
    public var xAxis: ChartAxis
    public var yAxis: ChartAxis
    public var series: [Series]
    /// A remark below the chart, such as where the figures come from.
    public var note: String?

    public init(
        title: String, subtitle: String = "", xAxis: ChartAxis, yAxis: ChartAxis, series: [Series], note: String? = nil
    ) {
        self.title = title
        self.subtitle = subtitle
        self.xAxis = xAxis
        self.yAxis = yAxis
        self.series = series
        self.note = note
    }
}
