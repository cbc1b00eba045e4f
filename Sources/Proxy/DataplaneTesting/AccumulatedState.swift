public import NetworkAddress
public import ServiceModel

/// The state of a backend after some deltas, without a kernel: the reference for tests.
public struct AccumulatedState: Equatable, Sendable {
    public private(set) var ports: [IPFamily: [ServicePortName: ServicePortState]] = [:]
    public private(set) var facts: [IPFamily: NodeFacts] = [:]

    public init() {}

    /// Applies a delta. Returns the parts of it that change nothing: a state that existed already, the removal of a
    /// missing one.
    @discardableResult
    public mutating func apply(_ delta: ProxyDelta) -> [String] {
        var faults: [String] = []
        for (family, change) in delta.families {
            for (name, state) in change.updated {
                if ports[family]?[name] == state { faults.append("\(family.rawValue) \(name) updated without change") }
                if change.removed.contains(name) { faults.append("\(family.rawValue) \(name) updated and removed") }
                ports[family, default: [:]][name] = state
            }
            for name in change.removed where ports[family, default: [:]].removeValue(forKey: name) == nil {
                faults.append("\(family.rawValue) \(name) removed, but it was not there")
            }
            guard let node = change.node else { continue }
            if facts[family] == node { faults.append("\(family.rawValue) node facts without change") }
            facts[family] = node
        }
        ports = ports.filter { !$0.value.isEmpty }
        return faults
    }
}
