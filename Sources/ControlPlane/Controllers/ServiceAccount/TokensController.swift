import JSONStream
import KubeAPI
import KubeClient

/// Fills Secrets of type `kubernetes.io/service-account-token` and removes them with their ServiceAccounts
/// (kube-controller-manager's serviceaccount-token-controller).
public struct TokensController: ManagedController {
    public struct Settings: Sendable {
        /// Signs a token for a ServiceAccount with this uid, to lie in this Secret.
        public typealias Sign =
            @Sendable (_ namespace: String, _ account: String, _ uid: String, _ secret: String) async throws -> String

        public var sign: Sign
        /// Certificates of the API server that are put beside the token; nil: none.
        public var authorityPEM: String?

        public init(authorityPEM: String?, sign: @escaping Sign) {
            self.authorityPEM = authorityPEM
            self.sign = sign
        }
    }

    public let name = "serviceaccount-token-controller"
    private let controller: Controller<ObjectKey>

    public init(_ context: ControllerContext, settings: Settings) {
        let byAccount = ObjectIndex<TokenSecret>("account") { ["\($0.accountKey)"] }
        let secrets = Informer(
            TokenSecret.self, client: context.client, selector: ObjectSelector(fields: "type=\(TokenSecret.type)"),
            indexes: [byAccount], clock: context.clock, logger: context.logger)
        context.informers.add(secrets)
        let accounts: Informer<ServiceAccount> = context.informers.informer()
        let work = TokensReconciler(
            client: context.client, settings: settings, secrets: secrets.cache, accounts: accounts.cache)
        controller = context.controller(name, queue: "serviceaccount_tokens_secret") { try await work.reconcile($0) }
        secrets.onChange { [queue = controller.queue] change in
            if let secret = change.new { queue.add(secret.metadata.key) }
        }
        accounts.onChange { [queue = controller.queue] change in
            // Nothing else about an account matters.
            guard change.old?.metadata.uid != change.new?.metadata.uid, let account = change.latest else { return }
            for secret in secrets.cache.objects(byAccount.name, "\(account.metadata.key)") {
                queue.add(secret.metadata.key)
            }
        }
    }

    public func run() async { await controller.run() }
}

private struct TokensReconciler: Sendable {
    let client: KubeClient
    let settings: TokensController.Settings
    let secrets: InformerCache<TokenSecret>
    let accounts: InformerCache<ServiceAccount>

    func reconcile(_ key: ObjectKey) async throws -> Controller<ObjectKey>.Result {
        guard let secret = secrets[key], !secret.metadata.isBeingDeleted else { return .done }
        var account = accounts[secret.accountKey]
        if case .delete = TokenSecretPlan(secret, account: account, authorityPEM: nil) {
            // The cache may be late, and what is deleted is gone.
            account = try await client.getIfPresent(ServiceAccount.self, secret.accountKey)
        }
        switch TokenSecretPlan(secret, account: account, authorityPEM: settings.authorityPEM) {
        case .keep: break
        case .delete: try await delete(secret)
        case .fill(var data, let needsToken):
            let uid = account?.metadata.uid ?? ""
            if needsToken {
                let token = try await settings.sign(key.namespace, secret.accountKey.name, uid, key.name)
                data[TokenSecretPlan.tokenKey] = Base64.encode(token.utf8)
            }
            try await fill(secret, data, uid: uid)
        }
        return .done
    }

    private func fill(_ secret: TokenSecret, _ data: [String: String], uid: String) async throws(APIError) {
        let fields: JSONValue = [
            "metadata": ["annotations": [TokenSecret.uidAnnotation: .string(uid)]], "data": JSONValue(data),
        ]
        // A newer version may have a token already.
        let patch = JSONValue.patch(fields, of: secret.metadata, atVersion: true)
        do throws(APIError) {
            let _: TokenSecret = try await client.patch(
                TokenSecret.self, secret.metadata.key, .merge, patch.serialized())
        } catch {
            guard error.isNotFound else { throw error }
        }
    }

    private func delete(_ secret: TokenSecret) async throws(APIError) {
        do throws(APIError) {
            try await client.delete(
                TokenSecret.self, secret.metadata.key, DeleteOptions(uid: secret.metadata.uid))
        } catch {
            // Another Secret has its name.
            guard error.isNotFound || error.isConflict else { throw error }
        }
    }
}

extension TokenSecret {
    fileprivate var accountKey: ObjectKey {
        ObjectKey(
            namespace: metadata.namespace, name: metadata.annotations[TokenSecret.accountAnnotation] ?? "")
    }
}
