import NetworkAddress

/// One endpoint of a Service port, as this node uses it. 24 bytes: a proxy holds some hundred thousand of them.
public struct Endpoint: Hashable, Sendable, CustomStringConvertible {
    /// Where it runs, as far as its slice says.
    public enum Place: UInt8, Sendable {
        case here
        case elsewhere
        /// The slice names no node: it may be here.
        case unknown
    }

    public enum State: UInt8, Sendable {
        case serving
        /// It shuts down, still serves, and is used because no endpoint is ready.
        case draining
    }

    public var address: EndpointAddress
    /// Its share of new connections beside the weights of the others; 0: no new connections.
    public var weight: UInt16
    public var place: Place
    public var state: State

    public init(
        _ address: EndpointAddress, weight: UInt16 = 1, place: Place = .elsewhere, state: State = .serving
    ) {
        self.address = address
        self.weight = weight
        self.place = place
        self.state = state
    }

    public var description: String { address.description }
}

extension [Endpoint] {
    /// The endpoint with this address, in a list that is sorted by address.
    public func endpoint(at address: EndpointAddress) -> Endpoint? {
        var range = startIndex..<endIndex
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            if self[middle].address == address { return self[middle] }
            range = self[middle].address < address ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return nil
    }

    /// Whether both lists name the same addresses, whatever else differs.
    public func hasSameAddresses(as other: [Endpoint]) -> Bool {
        elementsEqual(other) { $0.address == $1.address }
    }
}
