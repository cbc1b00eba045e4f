import GRPCCore
import ObjectStore

/// What a failed request means: whether it may have been done, and what a caller is told.
enum EtcdFailure: Error, Hashable, Sendable {
    /// It was not done, and another try may go better.
    case notDone(String)
    /// It may have been done.
    case unknown(String)
    /// No answer came in time; it may have been done.
    case late
    /// It was not done, and another try would go no better.
    case refused(StoreError)
    /// It was not done, since its revision is compacted.
    case compacted
    /// It was not done, since its lease has ended.
    case leaseEnded

    /// What callers are told; for ``compacted`` they must learn which revision is.
    var storeError: StoreError {
        switch self {
        case .notDone(let why), .unknown(let why): .unavailable(why)
        case .late: .timedOut
        case .refused(let error): error
        case .compacted: .unavailable("the revision is compacted")
        case .leaseEnded: .unavailable("the lease has ended")
        }
    }

    /// - Parameter isRepeatable: whether doing it twice does no harm.
    func allowsRetry(isRepeatable: Bool) -> Bool {
        switch self {
        case .notDone: true
        case .unknown, .late: isRepeatable
        case .refused, .compacted, .leaseEnded: false
        }
    }

    /// - Parameter wasSent: whether the request may have reached a server.
    init(_ error: any Error, wasSent: Bool) {
        guard let error = error as? RPCError else {
            self = wasSent ? .unknown("\(error)") : .notDone("\(error)")
            return
        }
        self.init(code: error.code, message: error.message, cause: error.cause, wasSent: wasSent)
    }

    /// etcd's codes and texts (etcd: api/v3rpc/rpctypes/error.go).
    private init(code: RPCError.Code, message: String, cause: (any Error)?, wasSent: Bool) {
        let text = message.hasPrefix("etcdserver: ") ? String(message.dropFirst("etcdserver: ".count)) : message
        switch (code, text) {
        case (.outOfRange, "mvcc: required revision has been compacted"): self = .compacted
        case (.outOfRange, _): self = .refused(.unavailable(text))
        case (.resourceExhausted, "mvcc: database space exceeded"): self = .refused(.full(quota: nil))
        case (.resourceExhausted, "too many requests"): self = .notDone(text)
        // Of the server's gRPC library, which says "grpc: received message larger than max".
        case (.resourceExhausted, _) where text.contains("larger than max"): self = .refused(.tooLarge(text))
        case (.invalidArgument, "request is too large"): self = .refused(.tooLarge(text))
        case (.invalidArgument, _), (.permissionDenied, _), (.unauthenticated, _), (.failedPrecondition, _),
            (.unimplemented, _):
            self = .refused(.unavailable(text))
        case (.notFound, "requested lease not found"): self = .leaseEnded
        case (.unavailable, "no leader"), (.unavailable, "leader changed"), (.unavailable, "not capable"):
            self = .notDone(text)
        case (.unavailable, _) where text.hasPrefix("request timed out"): self = .late
        case (.deadlineExceeded, _): self = wasSent ? .late : .notDone("no connection in time")
        default:
            // Why a connection failed is in the cause of the cause.
            let why = Self.innermost(cause).map { "\(text) (\($0))" } ?? text
            self = wasSent ? .unknown(why) : .notDone(why)
        }
    }

    private static func innermost(_ cause: (any Error)?) -> String? {
        var cause = cause
        for _ in 0..<8 {
            guard let error = cause as? RPCError else { break }
            guard let next = error.cause else { return error.message }
            cause = next
        }
        return cause.map { "\($0)" }
    }
}
