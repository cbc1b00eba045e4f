/// A figure with its value in each round.
public struct Spread: Codable, Hashable, Sendable {
    public var median: Double
    public var low: Double
    public var high: Double
    /// One value per round, in order.
    public var rounds: [Double]

    /// Nil without any value.
    public init?(_ rounds: [Double]) {
        guard let low = rounds.min(), let high = rounds.max() else { return nil }
        self.rounds = rounds
        self.low = low
        self.high = high
        median = Quantile.of(rounds.sorted(), 0.5)
    }
}

public enum Quantile {
    /// Of sorted values, at least one, interpolated between neighbours; `share` is from 0 to 1.
    public static func of(_ sorted: [Double], _ share: Double) -> Double {
        let place = share * Double(sorted.count - 1)
        let below = Int(place)
        guard below + 1 < sorted.count else { return sorted[sorted.count - 1] }
        return sorted[below] + (sorted[below + 1] - sorted[below]) * (place - Double(below))
    }
}
