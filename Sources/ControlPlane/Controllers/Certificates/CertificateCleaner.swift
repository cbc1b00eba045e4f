import FoundationEssentials
import JSONStream
import KubeAPI
import KubeClient
import Logging

/// Removes CertificateSigningRequests that are decided or forgotten (kube-controller-manager's times), and bootstrap tokens
/// that have expired.
public struct CertificateCleaner: ManagedController {
    public let name = "certificatesigningrequest-cleaner-controller"
    private let context: ControllerContext
    private let requests: Informer<CertificateSigningRequest>
    private let tokens: Informer<TokenSecret>

    private static let period = Duration.seconds(60)
    private static let decided = Duration.seconds(3600)
    private static let pending = Duration.seconds(24 * 3600)

    public init(_ context: ControllerContext) {
        self.context = context
        requests = context.informers.informer()
        tokens = Informer(
            TokenSecret.self, client: context.client,
            selector: ObjectSelector(fields: "type=bootstrap.kubernetes.io/token"), clock: context.clock,
            logger: context.logger)
        context.informers.add(tokens)
    }

    public func run() async {
        repeat {
            context.monitor.beginsRound(name, pause: Self.period)
            let now = context.time()
            for request in requests.cache.all where Self.isOver(request, now) {
                await remove(CertificateSigningRequest.self, request.metadata)
            }
            for token in tokens.cache.all where Self.hasExpired(token, now) {
                await remove(TokenSecret.self, token.metadata)
            }
        } while (try? await context.clock.sleep(Self.period)) != nil
    }

    private func remove<Object: APIObject>(_ type: Object.Type, _ metadata: ObjectMeta) async {
        do throws(APIError) {
            try await context.client.delete(type, metadata.key, DeleteOptions(uid: metadata.uid))
        } catch {
            guard !error.isNotFound, !error.isConflict else { return }
            context.logger.warning(
                "could not delete an expired object",
                metadata: ["object": "\(Object.kind) \(metadata.key)", "error": "\(error)"])
        }
    }

    static func isOver(_ request: CertificateSigningRequest, _ now: Timestamp) -> Bool {
        let decision = request.conditions.first { ["Approved", "Denied", "Failed"].contains($0.type) }
        guard let decision else {
            return Timestamp(request.metadata.creationTimestamp).map { now - $0 > pending } ?? false
        }
        let at = Timestamp(decision.lastUpdateTime) ?? Timestamp(decision.lastTransitionTime)
        return at.map { now - $0 > decided } ?? false
    }

    static func hasExpired(_ token: TokenSecret, _ now: Timestamp) -> Bool {
        guard let bytes = Base64.decode(token.data["expiration"] ?? ""), !bytes.isEmpty else { return false }
        return Timestamp(String(decoding: bytes, as: UTF8.self)).map { $0 <= now } ?? false
    }
}
