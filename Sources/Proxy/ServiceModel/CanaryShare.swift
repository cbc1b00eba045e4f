import NetworkAddress

/// The part of a Service's new connections that goes to its canaries: the endpoints of slices with a label for that, or pods
/// with labels that the Service names.
struct CanaryShare: Hashable, Sendable {
    /// On EndpointSlices, with any value but `false`.
    static let label = "viaduct.io/canary"
    /// On Services: the percentage, with up to two decimals, and behind it labels of pods, if slices do not say who they are.
    static let annotation = "viaduct.io/canary"

    private static let whole: UInt64 = 10_000

    /// In 1/10,000, 0...10,000.
    let part: UInt64
    /// Nil: slices say who is a canary.
    let selector: PodSelector?

    /// Reads `5%`, `0.25%` or `5% track=canary`; nil: it is no percentage, or no selector.
    init?(parsing text: String) {
        guard let sign = text.firstIndex(of: "%") else { return nil }
        let rest = text[text.index(after: sign)...]
        if rest.trimmed.isEmpty {
            selector = nil
        } else {
            guard rest.first?.isWhitespace == true, let labels = PodSelector(parsing: rest.trimmed) else { return nil }
            selector = labels
        }
        let parts = text[..<sign].trimmed.split(separator: ".", omittingEmptySubsequences: false)
        guard let first = parts.first, parts.count <= 2, (1...3).contains(first.count),
            parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            let whole = UInt64(first)
        else { return nil }
        let decimals = parts.count == 2 ? parts[1] : ""
        guard decimals.count <= 2, let fraction = UInt64(decimals + String(repeating: "0", count: 2 - decimals.count))
        else { return nil }
        guard whole * 100 + fraction <= Self.whole else { return nil }
        part = whole * 100 + fraction
    }

    /// Gives the two groups their parts; within a group the weights that are there count. Where one of the groups has
    /// nobody who takes connections the other gets all.
    func weigh(_ endpoints: inout [Endpoint], isCanary: [Bool]) {
        var sums: (canary: UInt64, stable: UInt64) = (0, 0)
        for (endpoint, isCanary) in zip(endpoints, isCanary) {
            if isCanary { sums.canary += UInt64(endpoint.weight) } else { sums.stable += UInt64(endpoint.weight) }
        }
        guard sums.canary > 0, sums.stable > 0 else { return }
        // Each sum is below 2^33 for a hundred thousand endpoints, and so the products stay below 2^63.
        let factors = (canary: part * sums.stable, stable: (Self.whole - part) * sums.canary)
        let weights = zip(endpoints, isCanary).map { endpoint, isCanary in
            UInt64(endpoint.weight) &* (isCanary ? factors.canary : factors.stable)
        }
        endpoints.setWeights(weights)
    }
}

extension [Endpoint] {
    /// Sets weights in these proportions; where one is above 0 it stays so.
    mutating func setWeights(_ weights: [UInt64]) {
        let divisor = Self.divisor(weights)
        let most = (weights.max() ?? 1) / divisor
        for (index, weight) in weights.enumerated() {
            let reduced = weight / divisor
            let scaled = most > UInt16.max ? UInt64(Double(reduced) * Double(UInt16.max) / Double(most)) : reduced
            self[index].weight = UInt16(clamping: weight > 0 ? Swift.max(1, scaled) : 0)
        }
    }

    /// The greatest number that divides all.
    private static func divisor(_ weights: [UInt64]) -> UInt64 {
        var divisor: UInt64 = 0
        for var weight in weights {
            while weight != 0 { (divisor, weight) = (weight, divisor % weight) }
        }
        return Swift.max(1, divisor)
    }
}
