/// An answer of a small status server.
public struct HTTPAnswer: Hashable, Sendable {
    public struct Header: Hashable, Sendable {
        public var name: String
        public var value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    public var status: Int
    public var headers: [Header]
    public var body: String

    public init(status: Int = 200, contentType: String, headers: [Header] = [], body: String) {
        self.status = status
        self.headers =
            [Header(name: "Content-Type", value: contentType)] + headers
            + [Header(name: "X-Content-Type-Options", value: "nosniff")]
        self.body = body
    }

    public static func text(_ body: String, status: Int = 200) -> HTTPAnswer {
        HTTPAnswer(status: status, contentType: "text/plain; charset=utf-8", body: body)
    }

    public static let notFound = HTTPAnswer(
        status: 404, contentType: "text/plain; charset=utf-8", body: "404 page not found\n")
}
