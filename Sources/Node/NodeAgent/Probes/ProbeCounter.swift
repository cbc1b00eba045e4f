/// Counts what a probe finds, until it says something else. Pure.
struct ProbeCounter: Hashable, Sendable {
    private let successes: Int
    private let failures: Int
    private var last: Bool?
    private var inRow = 0
    /// Nil: nothing is said yet.
    private(set) var result: Bool?

    init(_ probe: ProbeDefinition) {
        successes = max(1, probe.successThreshold)
        failures = max(1, probe.failureThreshold)
    }

    /// Notes one try; whether the result is another one now.
    mutating func count(_ isSuccess: Bool) -> Bool {
        inRow = last == isSuccess ? min(inRow + 1, Int(Int32.max)) : 1
        last = isSuccess
        guard inRow >= (isSuccess ? successes : failures), result != isSuccess else { return false }
        result = isSuccess
        return true
    }
}
