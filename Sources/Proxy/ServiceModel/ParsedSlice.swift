import NetworkAddress

/// An EndpointSlice as the proxy uses it. 32 bytes per endpoint.
struct ParsedSlice: Hashable, Sendable {
    var name: String
    var family: IPFamily
    /// At most one of each name and protocol.
    var ports: [Port] = []
    /// Sorted by address, each once.
    var endpoints: [Endpoint] = []
    /// The distinct lists of zones that endpoints are hinted for.
    var zoneHints: [[String]] = []
    /// The distinct zones of endpoints.
    var zones: [String] = []

    struct Port: Hashable, Sendable {
        var name: String
        var transport: TransportProtocol
        var port: UInt16
    }

    struct Endpoint: Hashable, Sendable {
        var ip: IPAddress
        var flags: EndpointFlags
        /// Index in `zoneHints` plus one; 0: the endpoint is hinted for no zone.
        var zoneHint: UInt16
        /// Index in `zones` plus one; 0: unknown.
        var zone: UInt16 = 0
        /// The number of its node's name in the model's ``NameTable``; 0: unknown.
        var node: UInt16 = 0
        /// A hash of its pod's name; 0: unknown. Beside the address it tells pods that share one.
        var pod: UInt32 = 0
    }
}

/// Conditions and place of an endpoint.
struct EndpointFlags: OptionSet, Hashable, Sendable {
    var rawValue: UInt16

    static let ready = EndpointFlags(rawValue: 1)
    static let serving = EndpointFlags(rawValue: 2)
    static let terminating = EndpointFlags(rawValue: 4)
    /// Runs on this node.
    static let local = EndpointFlags(rawValue: 8)
    /// Hinted for some node.
    static let hasNodeHints = EndpointFlags(rawValue: 16)
    /// Hinted for this node.
    static let hintedForNode = EndpointFlags(rawValue: 32)
    static let hasZoneHints = EndpointFlags(rawValue: 64)
    /// Hinted for the zone of this node; never in a slice, as a node's zone can change.
    static let hintedForZone = EndpointFlags(rawValue: 128)
    /// The slice does not say on which node it runs.
    static let placeless = EndpointFlags(rawValue: 256)
    /// Of a slice with canaries (see ``CanaryShare``).
    static let canary = EndpointFlags(rawValue: 512)
    /// Somebody asked for it to be drained; never in a slice.
    static let drained = EndpointFlags(rawValue: 1024)

    /// Shutting down, but still able to serve: the fallback where nothing is ready.
    var isServingTerminating: Bool { contains([.serving, .terminating]) }
}
