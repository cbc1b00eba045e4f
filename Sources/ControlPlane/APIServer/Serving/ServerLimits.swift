import HummingbirdCore

/// How much the server takes on at once, as kube-apiserver's flags and constants have it.
public struct ServerLimits: Hashable, Sendable {
    /// Requests that read, other than watches; 0: no limit.
    public var requestsInFlight = 400
    /// Requests that write; 0: no limit.
    public var mutatingRequestsInFlight = 200
    /// For requests other than watches.
    public var requestTimeout: Duration = .seconds(60)
    /// Bytes of a request's body.
    public var bodySize = Self.defaultBodySize
    /// Bytes of all header fields of a request together (Go's http.DefaultMaxHeaderBytes).
    public var headerSize = 1 << 20

    static let defaultBodySize = 3 << 20

    public init() {}

    var http1: HTTP1Channel.Configuration {
        HTTP1Channel.Configuration(
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: headerSize, maxHeaderListSize: headerSize, maxHeaderFieldCount: 1000))
    }
}
