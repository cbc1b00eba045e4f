/// The result of reading something.
package enum Observation<Value: Hashable & Sendable>: Hashable, Sendable {
    case seen(Value)
    /// The kernel or the host does not have it.
    case absent
    /// It could not be read; says why.
    case hidden(String)

    /// Nil if it was not seen.
    package var value: Value? {
        if case .seen(let value) = self { value } else { nil }
    }

    package func map<Other: Hashable & Sendable>(_ body: (Value) -> Other) -> Observation<Other> {
        switch self {
        case .seen(let value): .seen(body(value))
        case .absent: .absent
        case .hidden(let why): .hidden(why)
        }
    }

    func gap(_ what: String) -> [Gap] {
        if case .hidden(let why) = self { [Gap(what, why)] } else { [] }
    }
}
