/// What answers need to know about identities.
package struct SecurityServices: Sendable {
    package let authenticator: Authenticator
    /// Nil if this server issues no tokens.
    package let serviceAccounts: ServiceAccountTokens?

    package init(authenticator: Authenticator, serviceAccounts: ServiceAccountTokens?) {
        self.authenticator = authenticator
        self.serviceAccounts = serviceAccounts
    }
}
