public import NetworkAddress

/// Addresses for load balancers.
public struct AddressPool: Hashable, Sendable {
    /// Both ends included, of one family.
    private(set) var ranges: [ClosedRange<IPAddress>] = []

    public struct Invalid: Error, Hashable, CustomStringConvertible {
        public var description: String
    }

    /// - Parameter texts: `192.0.2.0/24`, all of its addresses, `192.0.2.10-192.0.2.20`, or one address.
    public init(_ texts: [String]) throws(Invalid) {
        for text in texts {
            let range = try Self.range(text)
            if let other = ranges.first(where: { $0.overlaps(range) }) {
                throw Invalid(description: "the load balancer addresses \(text) overlap with \(other)")
            }
            ranges.append(range)
        }
    }

    private static func range(_ text: String) throws(Invalid) -> ClosedRange<IPAddress> {
        if let network = IPNetwork(text) { return network.address...network.lastAddress }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { IPAddress(String($0)) }
        guard ends.count <= 2, case let first?? = ends.first, case let last?? = ends.last else {
            throw Invalid(
                description: "\"\(text)\" is no range of load balancer addresses; give a CIDR, an address or "
                    + "FIRST-LAST")
        }
        guard first.family == last.family, first <= last else {
            throw Invalid(
                description: "in the load balancer addresses \"\(text)\" the first must not be above the last, and "
                    + "both of one family")
        }
        return first...last
    }

    public func contains(_ address: IPAddress) -> Bool { ranges.contains { $0.contains(address) } }

    public var families: Set<IPFamily> { Set(ranges.map(\.lowerBound.family)) }
}
