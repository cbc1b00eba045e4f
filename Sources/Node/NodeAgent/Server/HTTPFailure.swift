/// What a request to the agent is refused with.
struct HTTPFailure: Error, Hashable, Sendable {
    var code: Int
    var message: String

    init(_ code: Int, _ message: String) {
        self.code = code
        self.message = message
    }
}
