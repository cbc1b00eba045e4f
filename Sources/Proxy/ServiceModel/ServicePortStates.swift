/// States of service ports by name, each once, in no particular order.
///
/// A dictionary would take three times the memory, and hash every name at a start for nothing: the index is built at
/// the first lookup by name.
public struct ServicePortStates: Sendable, Sequence, ExpressibleByDictionaryLiteral {
    private var states: [ServicePortState] = []
    /// Where each stands; nil: not needed yet.
    private var index: [ServicePortName: Int]?

    public init() {}

    public init(_ states: [ServicePortName: ServicePortState]) { self.states = Array(states.values) }

    public init(dictionaryLiteral elements: (ServicePortName, ServicePortState)...) {
        states = elements.map(\.1)
    }

    public var count: Int { states.count }
    public var isEmpty: Bool { states.isEmpty }
    public var values: [ServicePortState] { states }
    public var keys: [ServicePortName] { states.map(\.service.name) }

    mutating func reserveCapacity(_ count: Int) { states.reserveCapacity(count) }

    /// The state's name is new.
    mutating func append(_ state: ServicePortState) {
        index?[state.service.name] = states.count
        states.append(state)
    }

    /// Takes linear time until a state is first replaced or removed by name.
    public subscript(name: ServicePortName) -> ServicePortState? {
        get {
            guard let index else { return states.first { $0.service.name == name } }
            return index[name].map { states[$0] }
        }
        set {
            let place = makeIndex()[name]
            switch (place, newValue) {
            case (let place?, let state?): states[place] = state
            case (nil, let state?): append(state)
            case (let place?, nil):
                index?[name] = nil
                // The last one moves into the hole.
                let last = states.removeLast()
                guard place < states.count else { return }
                states[place] = last
                index?[last.service.name] = place
            case (nil, nil): return
            }
        }
    }

    private mutating func makeIndex() -> [ServicePortName: Int] {
        if let index { return index }
        let new = Dictionary(uniqueKeysWithValues: states.indices.map { (states[$0].service.name, $0) })
        index = new
        return new
    }

    public func makeIterator() -> some IteratorProtocol<(key: ServicePortName, value: ServicePortState)> {
        states.lazy.map { (key: $0.service.name, value: $0) }.makeIterator()
    }

    public func filter(
        _ isIncluded: ((key: ServicePortName, value: ServicePortState)) -> Bool
    ) -> ServicePortStates {
        var kept = ServicePortStates()
        for state in states where isIncluded((state.service.name, state)) { kept.states.append(state) }
        return kept
    }
}

/// Ignores the order.
extension ServicePortStates: Hashable {
    public static func == (left: ServicePortStates, right: ServicePortStates) -> Bool {
        left.count == right.count && Set(left.states) == Set(right.states)
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(Set(states)) }
}
