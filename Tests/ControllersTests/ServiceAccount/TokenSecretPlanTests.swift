import KubeAPI
import Testing

@testable import Controllers

@Suite struct TokenSecretPlanTests {
    private var account: ServiceAccount {
        var account = ServiceAccount(metadata: ObjectMeta(name: "a", namespace: "n"))
        account.metadata.uid = "u1"
        return account
    }

    private func secret(uid: String = "", _ data: [String: String] = [:]) -> TokenSecret {
        var secret = TokenSecret(metadata: ObjectMeta(name: "s", namespace: "n"), data: data)
        secret.metadata.annotations[TokenSecret.accountAnnotation] = "a"
        if !uid.isEmpty { secret.metadata.annotations[TokenSecret.uidAnnotation] = uid }
        return secret
    }

    private let namespace = Base64.encode("n".utf8)
    private let authority = Base64.encode("PEM".utf8)

    @Test func anEmptyOneIsFilled() {
        #expect(
            TokenSecretPlan(secret(), account: account, authorityPEM: "PEM")
                == .fill(data: ["namespace": namespace, "ca.crt": authority], needsToken: true))
        #expect(
            TokenSecretPlan(secret(), account: account, authorityPEM: nil)
                == .fill(data: ["namespace": namespace], needsToken: true))
    }

    @Test func whatIsThereStays() {
        let full = ["namespace": "other", "token": "t", "ca.crt": authority]
        #expect(TokenSecretPlan(secret(uid: "u1", full), account: account, authorityPEM: "PEM") == .keep)
        // Without authority of one's own, any is good.
        #expect(TokenSecretPlan(secret(uid: "u1", full), account: account, authorityPEM: nil) == .keep)
        #expect(
            TokenSecretPlan(secret(uid: "u1", full), account: account, authorityPEM: "new")
                == .fill(data: ["ca.crt": Base64.encode("new".utf8)], needsToken: false))
        // Its account is written down.
        #expect(
            TokenSecretPlan(secret(full), account: account, authorityPEM: "PEM") == .fill(data: [:], needsToken: false))
    }

    @Test func itGoesWithItsAccount() {
        #expect(TokenSecretPlan(secret(), account: nil, authorityPEM: nil) == .delete)
        #expect(TokenSecretPlan(secret(uid: "u0"), account: account, authorityPEM: nil) == .delete)
    }
}
