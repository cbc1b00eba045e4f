public import NetworkAddress

/// The properties of a connection's first packet at one hook that rules may test. Nil means unknown.
public struct Packet: Hashable, Sendable {
    public var source: IPAddress?
    public var destination: IPAddress
    /// The number of the IP protocol.
    public var transport: UInt8
    public var sourcePort: UInt16?
    public var destinationPort: UInt16
    /// Empty if the packet begins on this host.
    public var inputDevice: String?
    /// Empty if the packet ends on this host.
    public var outputDevice: String?
    public var mark: UInt32?
    /// Whether its destination was translated.
    public var isTranslated: Bool
    public var sourceIsLocal: Bool?
    public var destinationIsLocal: Bool?

    public init(
        source: IPAddress?, destination: IPAddress, transport: UInt8, destinationPort: UInt16,
        inputDevice: String? = nil, outputDevice: String? = nil, mark: UInt32? = nil, isTranslated: Bool = false,
        sourceIsLocal: Bool? = nil, destinationIsLocal: Bool? = nil
    ) {
        self.source = source
        self.destination = destination
        self.transport = transport
        self.destinationPort = destinationPort
        self.inputDevice = inputDevice
        self.outputDevice = outputDevice
        self.mark = mark
        self.isTranslated = isTranslated
        self.sourceIsLocal = sourceIsLocal
        self.destinationIsLocal = destinationIsLocal
    }

    public var family: IPFamily { destination.family }
}
