import NetworkAddress

/// The weights that a Service gives its endpoints by address, CIDR or zone, such as
/// `10.0.0.1=3,10.0.1.0/24=2,zone/eu-1=0`.
struct EndpointWeights: Hashable, Sendable {
    /// Every endpoint is compared with each of them.
    static let maximum = 1000
    private static let zonePrefix = "zone/"

    struct Weight: Hashable, Sendable {
        var network: IPNetwork
        /// 0...65535; 0: no new connections.
        var value: UInt16
    }

    /// Longest prefixes first.
    private(set) var weights: [Weight] = []
    private(set) var zones: [String: UInt16] = [:]

    init() {}

    var isEmpty: Bool { weights.isEmpty && zones.isEmpty }

    /// That of the longest prefix, else that of the zone, else 1.
    func weight(of address: IPAddress, zone: String? = nil) -> UInt16 {
        weights.first { $0.network.contains(address) }?.value ?? zone.flatMap { zones[$0] } ?? 1
    }

    /// Reads an annotation, leaving out what is wrong. Of two that name the same the later one counts.
    ///
    /// - Parameter report: takes what is wrong.
    init(parsing text: String, report: (String) -> Void) {
        for item in text.split(separator: ",", maxSplits: 2 * Self.maximum).map(\.trimmed) where !item.isEmpty {
            guard weights.count + zones.count < Self.maximum else {
                report("only the first \(Self.maximum) weights count")
                break
            }
            let parts = item.split(separator: "=", omittingEmptySubsequences: false).map(\.trimmed)
            guard parts.count == 2, let value = UInt16(parts[1]), take(parts[0], value) else {
                report(
                    "\"\(item)\" is not ADDRESS=WEIGHT, CIDR=WEIGHT or zone/NAME=WEIGHT with a weight of 0-65535; "
                        + "ignored")
                continue
            }
        }
        weights.sort { ($1.network.prefixLength, $0.network) < ($0.network.prefixLength, $1.network) }
    }

    private mutating func take(_ name: String, _ value: UInt16) -> Bool {
        if name.hasPrefix(Self.zonePrefix), name.utf8.count > Self.zonePrefix.utf8.count {
            zones[String(name.dropFirst(Self.zonePrefix.count))] = value
            return true
        }
        guard let network = IPAddress(name).map({ IPNetwork($0) }) ?? IPNetwork(name) else { return false }
        weights.removeAll { $0.network == network }
        weights.append(Weight(network: network, value: value))
        return true
    }
}
