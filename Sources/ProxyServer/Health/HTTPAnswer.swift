/// What a small status server answers.
struct HTTPAnswer: Hashable, Sendable {
    struct Header: Hashable, Sendable {
        var name: String
        var value: String
    }

    /// 200, 404 or 503.
    var status: Int
    var headers: [Header]
    var body: String

    init(status: Int = 200, contentType: String, headers: [Header] = [], body: String) {
        self.status = status
        self.headers =
            [Header(name: "Content-Type", value: contentType)] + headers
            + [Header(name: "X-Content-Type-Options", value: "nosniff")]
        self.body = body
    }

    static func text(_ body: String) -> HTTPAnswer {
        HTTPAnswer(contentType: "text/plain; charset=utf-8", body: body)
    }

    static let notFound = HTTPAnswer(
        status: 404, contentType: "text/plain; charset=utf-8", body: "404 page not found\n")
}
