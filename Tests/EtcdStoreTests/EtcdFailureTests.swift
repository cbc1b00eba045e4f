import GRPCCore
import ObjectStore
import Testing

@testable import EtcdStore

@Suite struct EtcdFailureTests {
    /// etcd's code and text, whether a write may be tried again, and what a caller is told.
    @Test(arguments: [
        (
            RPCError.Code.resourceExhausted, "etcdserver: mvcc: database space exceeded", false,
            StoreError.full(quota: nil)
        ),
        (.resourceExhausted, "etcdserver: too many requests", true, .unavailable("too many requests")),
        (
            .resourceExhausted, "grpc: received message larger than max (5000000 vs. 2097152)", false,
            .tooLarge("grpc: received message larger than max (5000000 vs. 2097152)")
        ),
        (.invalidArgument, "etcdserver: request is too large", false, .tooLarge("request is too large")),
        (.unavailable, "etcdserver: no leader", true, .unavailable("no leader")),
        (.unavailable, "etcdserver: leader changed", true, .unavailable("leader changed")),
        (.unavailable, "etcdserver: request timed out", false, .timedOut),
        (.unavailable, "etcdserver: request timed out, possibly due to previous leader failure", false, .timedOut),
        (.unavailable, "etcdserver: server stopped", false, .unavailable("server stopped")),
        (.deadlineExceeded, "late", false, .timedOut),
        (.permissionDenied, "etcdserver: permission denied", false, .unavailable("permission denied")),
        (
            .outOfRange, "etcdserver: mvcc: required revision is a future revision", false,
            .unavailable("mvcc: required revision is a future revision")
        ),
        (.unavailable, "Stream unexpectedly closed.", false, .unavailable("Stream unexpectedly closed.")),
    ])
    func answers(_ code: RPCError.Code, _ text: String, _ isRetried: Bool, _ told: StoreError) {
        let failure = EtcdFailure(RPCError(code: code, message: text), wasSent: true)
        #expect(failure.allowsRetry(isRepeatable: false) == isRetried)
        #expect(failure.storeError == told)
    }

    @Test("What was not sent is tried again; what was sent only if that does no harm")
    func sent() {
        let error = RPCError(code: .unavailable, message: "connection closed")
        #expect(EtcdFailure(error, wasSent: false).allowsRetry(isRepeatable: false))
        #expect(!EtcdFailure(error, wasSent: true).allowsRetry(isRepeatable: false))
        #expect(EtcdFailure(error, wasSent: true).allowsRetry(isRepeatable: true))
        #expect(
            EtcdFailure(RPCError(code: .deadlineExceeded, message: ""), wasSent: false).allowsRetry(isRepeatable: false)
        )
        #expect(EtcdFailure(CancellationError(), wasSent: true) == .unknown("CancellationError()"))
    }

    @Test("Refusals are not tried again, not even reads")
    func refusals() {
        let compacted = RPCError(code: .outOfRange, message: "etcdserver: mvcc: required revision has been compacted")
        #expect(EtcdFailure(compacted, wasSent: true) == .compacted)
        #expect(!EtcdFailure(compacted, wasSent: true).allowsRetry(isRepeatable: true))
        let lease = RPCError(code: .notFound, message: "etcdserver: requested lease not found")
        #expect(EtcdFailure(lease, wasSent: true) == .leaseEnded)
    }

    @Test("The reason of a failed connection is told")
    func cause() {
        struct Refused: Error {}
        let middle = RPCError(code: .unavailable, message: "could not connect", cause: Refused())
        let error = RPCError(code: .unavailable, message: "not ready", cause: middle)
        // The library puts messages of nested errors together.
        #expect(
            EtcdFailure(error, wasSent: false).storeError == .unavailable("not ready could not connect (Refused())"))
    }
}
