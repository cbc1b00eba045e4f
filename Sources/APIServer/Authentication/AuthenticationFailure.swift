/// Credentials that were given and are not good. The client learns no more than 401; the reason is for the log.
struct AuthenticationFailure: Error, Sendable, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}
