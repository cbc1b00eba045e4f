import NetworkAddress

/// The weights that a Service gives its endpoints by address or CIDR, such as `10.0.0.1=3,10.0.1.0/24=2`.
struct EndpointWeights: Hashable, Sendable {
    /// Every endpoint is compared with each of them.
    static let maximum = 1000

    struct Weight: Hashable, Sendable {
        var network: IPNetwork
        /// 0...65535; 0: no new connections.
        var value: UInt16
    }

    /// Longest prefixes first.
    let weights: [Weight]

    init(_ weights: [Weight] = []) {
        self.weights = weights.sorted {
            ($1.network.prefixLength, $0.network) < ($0.network.prefixLength, $1.network)
        }
    }

    /// That of the longest prefix, 1 without one.
    func weight(of address: IPAddress) -> UInt16 {
        weights.first { $0.network.contains(address) }?.value ?? 1
    }

    /// Reads an annotation, leaving out what is wrong.
    ///
    /// - Parameter report: takes what is wrong.
    init(parsing text: String, report: (String) -> Void) {
        var weights: [Weight] = []
        for item in text.split(separator: ",", maxSplits: 2 * Self.maximum).map({ String($0).trimmed })
        where !item.isEmpty {
            guard weights.count < Self.maximum else {
                report("only the first \(Self.maximum) weights count")
                break
            }
            let parts = item.split(separator: "=", omittingEmptySubsequences: false).map { String($0).trimmed }
            guard parts.count == 2, let value = UInt16(parts[1]),
                let network = IPAddress(parts[0]).map({ IPNetwork($0) }) ?? IPNetwork(parts[0])
            else {
                report("\"\(item)\" is not ADDRESS=WEIGHT or CIDR=WEIGHT with a weight of 0-65535; ignored")
                continue
            }
            weights.removeAll { $0.network == network }
            weights.append(Weight(network: network, value: value))
        }
        self.init(weights)
    }
}
