import NetworkAddress

/// The weights that a Service gives its endpoints by address, CIDR, labels of their pods or zone, such as
/// `10.0.0.1=3,10.0.1.0/24=2,pod/track=canary=5,zone/eu-1=0`.
struct EndpointWeights: Hashable, Sendable {
    /// Every endpoint is compared with each of them.
    static let maximum = 1000
    private static let zonePrefix = "zone/"
    private static let podPrefix = "pod/"
    /// Between the requirements of one selector: the comma is between weights.
    private static let separator: Character = "&"

    struct Weight: Hashable, Sendable {
        var network: IPNetwork
        /// 0...65535; 0: no new connections.
        var value: UInt16
    }

    /// Longest prefixes first.
    private(set) var weights: [Weight] = []
    private(set) var zones: [String: UInt16] = [:]
    /// The first that matches counts.
    private(set) var pods: [PodWeight] = []

    struct PodWeight: Hashable, Sendable {
        var selector: PodSelector
        var value: UInt16
    }

    init() {}

    var isEmpty: Bool { weights.isEmpty && zones.isEmpty && pods.isEmpty }

    /// That of the longest prefix, else that of the pod's labels, else that of the zone, else 1.
    ///
    /// - Parameter labels: nil: they are not known.
    func weight(of address: IPAddress, zone: String? = nil, labels: [String: String]? = nil) -> UInt16 {
        weights.first { $0.network.contains(address) }?.value
            ?? labels.flatMap { labels in pods.first { $0.selector.matches(labels) }?.value }
            ?? zone.flatMap { zones[$0] } ?? 1
    }

    /// Reads an annotation, leaving out what is wrong. Of two that name the same the later one counts.
    ///
    /// - Parameter report: takes what is wrong.
    init(parsing text: String, report: (String) -> Void) {
        for item in text.split(separator: ",", maxSplits: 2 * Self.maximum).map(\.trimmed) where !item.isEmpty {
            guard weights.count + zones.count + pods.count < Self.maximum else {
                report("only the first \(Self.maximum) weights count")
                break
            }
            // A selector has signs of its own.
            let sign = item.lastIndex(of: "=")
            guard let sign, let value = UInt16(item[item.index(after: sign)...].trimmed),
                take(item[..<sign].trimmed, value)
            else {
                report(
                    "\"\(item.prefix(200))\" is not ADDRESS=WEIGHT, CIDR=WEIGHT, pod/LABEL=VALUE=WEIGHT or "
                        + "zone/NAME=WEIGHT with a weight of 0-65535; ignored")
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
        if name.hasPrefix(Self.podPrefix) {
            let text = name.dropFirst(Self.podPrefix.utf8.count)
            guard let selector = PodSelector(parsing: text, separator: Self.separator) else { return false }
            pods.removeAll { $0.selector == selector }
            pods.append(PodWeight(selector: selector, value: value))
            return true
        }
        guard let network = IPAddress(name).map({ IPNetwork($0) }) ?? IPNetwork(name) else { return false }
        weights.removeAll { $0.network == network }
        weights.append(Weight(network: network, value: value))
        return true
    }
}
