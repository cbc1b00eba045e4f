import NetworkAddress

/// One endpoint of a Service port, as this node uses it. 24 bytes, since a proxy holds hundreds of thousands of them.
public struct Endpoint: Hashable, Sendable, CustomStringConvertible {
    /// Where it runs, according to its slice.
    public enum Place: UInt8, Sendable {
        case here
        case elsewhere
        /// The slice names no node: it may be here.
        case unknown
    }

    public enum State: UInt8, Sendable {
        case serving
        /// It terminates, still serves, and is used because no endpoint is ready.
        case draining
    }

    public var address: EndpointAddress
    /// Its share of new connections, relative to the other weights; 0: no new connections.
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

    /// Whether both lists have the same addresses; ignores everything else.
    public func hasSameAddresses(as other: [Endpoint]) -> Bool {
        elementsEqual(other) { $0.address == $1.address }
    }
}
