import GRPCCore
import SwiftProtobuf

/// A method of etcd's API with the messages that it takes and gives.
struct EtcdMethod<Request: Message, Response: Message>: Sendable {
    let descriptor: MethodDescriptor
    /// Whether doing it twice does no harm, so that it may be tried again when it is not known whether it was done.
    let isRepeatable: Bool

    /// - Parameter type: told, so that the end of a single request is sent with it: etcd answers and resets a stream that
    ///   is still open then, at which the answer would be lost.
    fileprivate init(
        _ service: String, _ name: String, isRepeatable: Bool = false, type: MethodDescriptor.RPCType = .unary
    ) {
        descriptor = MethodDescriptor(fullyQualifiedService: "etcdserverpb.\(service)", method: name, type: type)
        self.isRepeatable = isRepeatable
    }
}

enum EtcdAPI {
    static let range = EtcdMethod<EtcdRangeRequest, EtcdRangeResponse>("KV", "Range", isRepeatable: true)
    static let put = EtcdMethod<EtcdPutRequest, EtcdPutResponse>("KV", "Put")
    static let delete = EtcdMethod<EtcdDeleteRangeRequest, EtcdDeleteRangeResponse>("KV", "DeleteRange")
    static let transaction = EtcdMethod<EtcdTxnRequest, EtcdTxnResponse>("KV", "Txn")
    /// Done twice, it is refused the second time, which changes nothing.
    static let compact = EtcdMethod<EtcdCompactionRequest, EtcdCompactionResponse>("KV", "Compact", isRepeatable: true)
    static let watch = EtcdMethod<EtcdWatchRequest, EtcdWatchResponse>(
        "Watch", "Watch", isRepeatable: true, type: .bidirectionalStreaming)
    /// A lease that nobody knows ends by itself.
    static let grantLease = EtcdMethod<EtcdLeaseGrantRequest, EtcdLeaseGrantResponse>(
        "Lease", "LeaseGrant", isRepeatable: true)
}
