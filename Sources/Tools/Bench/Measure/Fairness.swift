import Glibc

/// How evenly connections were spread over endpoints: Pearson's chi-square against equal shares.
public struct Fairness: Codable, Hashable, Sendable {
    public var connections: Int
    public var chiSquare: Double
    public var degreesOfFreedom: Int
    /// How likely an even random choice is at least as uneven as this. Near 0: not even. Near 1: more even than chance,
    /// as taking turns is.
    public var pValue: Double

    /// - Parameter services: for each service how often each endpoint answered, endpoints that never did included.
    ///   Services with less than two endpoints or without connections do not count. Nil: none does.
    public init?(services: [[Int]]) {
        var chiSquare = 0.0
        var degrees = 0
        var connections = 0
        for counts in services where counts.count > 1 && counts.contains(where: { $0 > 0 }) {
            let total = counts.reduce(0, +)
            let expected = Double(total) / Double(counts.count)
            for count in counts { chiSquare += (Double(count) - expected) * (Double(count) - expected) / expected }
            degrees += counts.count - 1
            connections += total
        }
        guard degrees > 0 else { return nil }
        self.connections = connections
        self.chiSquare = chiSquare
        degreesOfFreedom = degrees
        pValue = Self.pValue(chiSquare: chiSquare, degreesOfFreedom: degrees)
    }

    /// The upper tail of the chi-square distribution: the regularized incomplete gamma function Q(k/2, x/2), by its
    /// series where that converges fast, by its continued fraction elsewhere (Abramowitz and Stegun 6.5.29, 6.5.31).
    static func pValue(chiSquare: Double, degreesOfFreedom: Int) -> Double {
        let shape = Double(degreesOfFreedom) / 2
        let x = chiSquare / 2
        guard x > 0 else { return 1 }
        let scale = exp(shape * log(x) - x - lgamma(shape))
        let value = x < shape + 1 ? 1 - scale * series(shape, x) : scale * continuedFraction(shape, x)
        return min(1, max(0, value))
    }

    private static func series(_ shape: Double, _ x: Double) -> Double {
        var term = 1 / shape
        var sum = term
        for step in 1...10_000 {
            term *= x / (shape + Double(step))
            sum += term
            if term < sum * 1e-15 { break }
        }
        return sum
    }

    /// By Lentz's method, from the front.
    private static func continuedFraction(_ shape: Double, _ x: Double) -> Double {
        let tiny = 1e-300
        var b = x + 1 - shape
        var c = 1 / tiny
        var d = 1 / (b == 0 ? tiny : b)
        var result = d
        for step in 1...10_000 {
            let a = -Double(step) * (Double(step) - shape)
            b += 2
            d = a * d + b
            d = 1 / (d == 0 ? tiny : d)
            c = b + a / c
            if c == 0 { c = tiny }
            let factor = c * d
            result *= factor
            if abs(factor - 1) < 1e-15 { break }
        }
        return result
    }
}
