public import NetworkAddress
public import ObjectStore

/// How an ``APIServer`` runs.
public struct APIServerConfiguration: Sendable {
    /// The address to listen on.
    public var host: String
    /// The port to listen on; 0 lets the system choose.
    public var port: Int
    /// Ranges of cluster IPs, at most one of each family; the first is the default family.
    public var serviceCIDRs: [IPNetwork]
    /// Node ports, both ends included; within 1...65535.
    public var nodePortRange: ClosedRange<Int>
    public var store: any ObjectStore
    /// Bearer tokens that may do everything; without any, everybody may.
    public var tokens: Set<String>
    /// How long versions of objects that were changed or deleted stay watchable, at least; zero: for ever.
    public var compactionInterval = Duration.seconds(300)

    public init(
        host: String = "127.0.0.1", port: Int = 0, serviceCIDRs: [IPNetwork],
        nodePortRange: ClosedRange<Int> = 30000...32767,
        store: any ObjectStore, tokens: Set<String> = []
    ) {
        self.host = host
        self.port = port
        self.serviceCIDRs = serviceCIDRs
        self.nodePortRange = nodePortRange
        self.store = store
        self.tokens = tokens
    }

    /// What is wrong with the configuration.
    public struct Invalid: Error, CustomStringConvertible {
        public var description: String
    }

    func validate() throws {
        guard !serviceCIDRs.isEmpty, serviceCIDRs.count <= 2 else {
            throw Invalid(description: "one or two service cluster IP ranges are needed, got \(serviceCIDRs.count)")
        }
        guard Set(serviceCIDRs.map(\.family)).count == serviceCIDRs.count else {
            throw Invalid(description: "the two service cluster IP ranges must be of different IP families")
        }
        for range in serviceCIDRs where range.family.bitWidth - range.prefixLength < 3 {
            throw Invalid(
                description: "the service cluster IP range \(range) is too small: at least 8 addresses are needed")
        }
        guard nodePortRange.lowerBound >= 1, nodePortRange.upperBound <= 65535 else {
            throw Invalid(description: "node ports must be within 1-65535")
        }
    }
}
