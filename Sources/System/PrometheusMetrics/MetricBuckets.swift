/// Upper bounds of histograms.
public enum MetricBuckets {
    public static func exponential(start: Double, factor: Double, count: Int) -> [Double] {
        var bound = start
        return (0..<count).map { _ in
            defer { bound *= factor }
            return bound
        }
    }

    public static func linear(start: Double, width: Double, count: Int) -> [Double] {
        (0..<count).map { start + width * Double($0) }
    }
}
