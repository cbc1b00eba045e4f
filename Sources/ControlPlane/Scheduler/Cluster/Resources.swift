import KubeAPI

/// Amounts of what a pod asks for or a node has, in the form that is quick to add and compare.
struct Resources: Hashable, Sendable {
    /// Thousandths of a core.
    var cpu: Int64 = 0
    /// Thousandths of a byte, as ``ResourceAmount`` counts.
    var memory: Int64 = 0
    var ephemeralStorage: Int64 = 0
    /// All others but `pods`, in thousandths; without entries of zero.
    var extended: [String: Int64] = [:]

    init() {}

    init(_ list: ResourceList) {
        for (name, amount) in list {
            switch name {
            case "cpu": cpu = amount.milli
            case "memory": memory = amount.milli
            case "ephemeral-storage": ephemeralStorage = amount.milli
            case "pods": break
            default: if amount.milli != 0 { extended[name] = amount.milli }
            }
        }
    }

    var isZero: Bool { cpu == 0 && memory == 0 && ephemeralStorage == 0 && extended.isEmpty }

    static func += (left: inout Resources, right: Resources) {
        left.cpu = left.cpu +| right.cpu
        left.memory = left.memory +| right.memory
        left.ephemeralStorage = left.ephemeralStorage +| right.ephemeralStorage
        for (name, amount) in right.extended {
            let sum = left.extended[name, default: 0] +| amount
            left.extended[name] = sum == 0 ? nil : sum
        }
    }

    /// The sum, of which nothing may be taken away again: it saturates.
    static func sum(_ parts: some Sequence<Resources>) -> Resources { parts.reduce(into: Resources(), +=) }
}
