/// The severity of a finding.
package enum Severity: String, Codable, Hashable, Sendable, Comparable, CaseIterable {
    /// Good to know; nothing is wrong.
    case note
    /// Affects some Services, or will in certain cases.
    case warning
    /// Services do not work.
    case error

    package static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .note: 0
        case .warning: 1
        case .error: 2
        }
    }
}
