import FoundationEssentials

extension Duration {
    /// This lifetime in whole seconds, rounded up; 1 at least.
    package var lifetimeSeconds: Int64 {
        let (seconds, attoseconds) = components
        return max(1, attoseconds > 0 && seconds < .max ? seconds + 1 : seconds)
    }

    /// When a lifetime that begins now ends.
    func end(from now: Date) -> Date { now.addingTimeInterval(Double(lifetimeSeconds)) }
}
