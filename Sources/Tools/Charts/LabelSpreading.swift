/// Moves labels along a line so that none overlaps, as little as possible.
enum LabelSpreading {
    /// The centres of labels that wish to be at `wishes` and take `extent` pixels each, within `range`. Their order
    /// is that of the wishes. When the range is too short for all, they start at its lower end and leave it at the
    /// upper one.
    ///
    /// The sum of squared displacements is least: neighbours that would overlap form a block around the mean of their
    /// wishes (pool adjacent violators).
    static func centres(wishes: [Double], extent: Double, range: ClosedRange<Double>) -> [Double] {
        let order = wishes.indices.sorted { (wishes[$0], $0) < (wishes[$1], $1) }
        // Without the room taken by the labels before it, a label only has to stay behind them.
        var blocks: [(sum: Double, count: Int)] = []
        for (rank, index) in order.enumerated() {
            blocks.append((wishes[index] - Double(rank) * extent, 1))
            while let last = blocks.last, let before = blocks.dropLast().last,
                before.sum / Double(before.count) > last.sum / Double(last.count)
            {
                blocks.removeLast(2)
                blocks.append((before.sum + last.sum, before.count + last.count))
            }
        }
        let lowest = range.lowerBound + extent / 2
        let highest = max(lowest, range.upperBound - extent / 2 - Double(max(wishes.count - 1, 0)) * extent)
        let starts = blocks.flatMap { block in
            repeatElement(min(max(block.sum / Double(block.count), lowest), highest), count: block.count)
        }
        var centres = wishes
        for (rank, index) in order.enumerated() {
            centres[index] = starts[rank] + Double(rank) * extent
        }
        return centres
    }
}
