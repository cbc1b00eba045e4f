/// One request to the API server.
public struct APIRequest: Hashable, Sendable {
    public enum Method: String, Hashable, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    public enum PatchType: String, Hashable, Sendable {
        case json = "application/json-patch+json"
        case merge = "application/merge-patch+json"
        case strategicMerge = "application/strategic-merge-patch+json"
        case apply = "application/apply-patch+yaml"
    }

    public struct QueryItem: Hashable, Sendable {
        public var name: String
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public var method: Method
    /// From `/api` or `/apis` on, not percent-encoded.
    public var path: String
    public var query: [QueryItem] = []
    public var body: [UInt8]?
    public var contentType = "application/json"
    /// The Accept header; nil: JSON.
    public var accept: String?
    /// Bytes; a longer answer is an error.
    var maximumAnswer = KubeClient.maximumResponseSize

    public init(_ method: Method, _ path: String, query: [QueryItem] = [], body: [UInt8]? = nil) {
        self.method = method
        self.path = path
        self.query = query
        self.body = body
    }

    public static func patch(_ path: String, _ type: PatchType, _ body: [UInt8]) -> APIRequest {
        var request = APIRequest(.patch, path, body: body)
        request.contentType = type.rawValue
        return request
    }

    /// Path and query as they stand in a URL.
    var encodedTarget: String {
        var text = ""
        Self.encode(path, keeping: "/", into: &text)
        for (index, item) in query.enumerated() {
            text += index == 0 ? "?" : "&"
            Self.encode(item.name, into: &text)
            text += "="
            Self.encode(item.value, into: &text)
        }
        return text
    }

    private static func encode(_ part: String, keeping extra: String = "", into text: inout String) {
        for byte in part.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            case _ where extra.utf8.contains(byte):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                text += byte < 0x10 ? "%0" : "%"
                text += String(byte, radix: 16, uppercase: true)
            }
        }
    }
}
