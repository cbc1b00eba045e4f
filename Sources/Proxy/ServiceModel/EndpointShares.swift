/// How endpoints of different weights share indivisible pieces, such as slots of a map.
extension [Endpoint] {
    /// Whether all have the same weight, so that each gets the same.
    public var haveEqualWeights: Bool { allSatisfy { $0.weight == self[startIndex].weight } }

    /// The number of pieces for each endpoint, in order: its share by weight, at least one, rounded so that the sum is
    /// right.
    ///
    /// - Precondition: no weight is 0, and there are no more endpoints than pieces.
    public func shares(of pieces: Int) -> [Int] {
        let total = reduce(0) { $0 + Int($1.weight) }
        guard total > 0 else { return map { _ in 0 } }
        // One each, and the rest by weight; where one is more than the share, the others give.
        var shares = map { Swift.max(1, pieces * Int($0.weight) / total) }
        var rest = pieces - shares.reduce(0, +)
        func excess(_ index: Int) -> Int { shares[index] * total - pieces * Int(self[index].weight) }
        let order = indices.sorted { (excess($0), $0) < (excess($1), $1) }
        var next = 0
        while rest > 0 {
            shares[order[next % order.count]] += 1
            rest -= 1
            next += 1
        }
        while rest < 0, let most = indices.filter({ shares[$0] > 1 }).max(by: { excess($0) < excess($1) }) {
            shares[most] -= 1
            rest += 1
        }
        return shares
    }
}
