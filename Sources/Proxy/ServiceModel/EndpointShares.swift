/// How endpoints of different weights share what a backend can only give out in whole pieces, such as slots of a map.
extension [Endpoint] {
    /// Whether all have the same weight, so that each gets the same.
    public var haveEqualWeights: Bool { allSatisfy { $0.weight == self[startIndex].weight } }

    /// How many of the pieces each endpoint gets, in order: its share by weight, rounded so that the sum is right, and at
    /// least one.
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
