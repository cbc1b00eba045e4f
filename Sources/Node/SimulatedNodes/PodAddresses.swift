import KubeAPI
import NetworkAddress

/// Gives pods of one node addresses from its ranges. Pure.
struct PodAddresses: Sendable {
    private let networks: [IPNetwork]
    private var taken: [IPAddress: String] = [:]
    /// Addresses are used again as late as possible.
    private var next: [Int]

    /// - Parameter networks: the node's podCIDRs.
    init(_ networks: [IPNetwork]) {
        self.networks = networks
        next = Array(repeating: 2, count: networks.count)
    }

    /// Whether the node has no ranges (yet).
    var isEmpty: Bool { networks.isEmpty }

    /// Addresses of a pod, one of each range; nil if one is used up. Zero and the first, the gateway's, are nobody's.
    mutating func allocate(_ uid: String) -> [IPAddress]? {
        var found: [IPAddress] = []
        for index in networks.indices {
            guard let address = free(index) else { return nil }
            found.append(address)
        }
        for address in found { taken[address] = uid }
        return found
    }

    private mutating func free(_ index: Int) -> IPAddress? {
        for _ in 0...taken.count {
            if networks[index].host(next[index]) == nil { next[index] = 2 }
            guard let address = networks[index].host(next[index]) else { return nil }
            next[index] += 1
            if taken[address] == nil { return address }
        }
        return nil
    }

    /// Takes note of addresses that a pod has already. False if another pod has one of them, or they are not from here.
    mutating func claim(_ addresses: [IPAddress], _ uid: String) -> Bool {
        let isFree = addresses.allSatisfy { address in
            networks.contains { $0.contains(address) } && (taken[address] ?? uid) == uid
        }
        guard isFree, !addresses.isEmpty else { return false }
        for address in addresses { taken[address] = uid }
        return true
    }

    mutating func release(_ uid: String) { taken = taken.filter { $0.value != uid } }
}
