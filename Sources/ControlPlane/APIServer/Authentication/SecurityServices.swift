/// What answers need to know about identities.
struct SecurityServices: Sendable {
    let authenticator: Authenticator
    /// Nil if this server issues no tokens.
    let serviceAccounts: ServiceAccountTokens?
}
