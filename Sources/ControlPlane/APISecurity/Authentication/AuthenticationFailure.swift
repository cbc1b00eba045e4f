/// Credentials that were given and are not good. The client learns no more than 401; the reason is for the log.
package struct AuthenticationFailure: Error, Sendable, CustomStringConvertible {
    package var description: String
    /// Whether the token is of a kind that nobody here gives out, of which there is no more to say.
    var isForeign = false

    init(_ description: String, isForeign: Bool = false) {
        self.description = description
        self.isForeign = isForeign
    }

    /// As a TokenReview tells it.
    package var reviewText: String { isForeign ? "invalid bearer token" : "[invalid bearer token, \(description)]" }
}
