import APIObjects
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

    /// Connections at a time, of all that are listened for.
    public var connections = 768
    public var timeouts = ConnectionTimeouts()
    /// Bytes of answers that their clients do not read, of all connections together.
    public var unreadSize = 256 << 20

    static let defaultBodySize = 3 << 20

    public init() {}

    func http1(_ unread: UnreadAnswers) -> HTTP1Channel.Configuration {
        HTTP1Channel.Configuration(
            additionalChannelHandlers: [AnswerMeter(unread)],
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: headerSize, maxHeaderListSize: headerSize, maxHeaderFieldCount: 1000))
    }
}
