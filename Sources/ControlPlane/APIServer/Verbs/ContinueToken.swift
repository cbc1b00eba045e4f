import APIObjects
import FoundationEssentials
import JSONStream
import ObjectStore

/// Where the next page of a list begins: opaque to clients, base64 of JSON.
struct ContinueToken: Hashable, Sendable {
    var revision: Revision
    /// The last key of the page before, without the kind's prefix.
    var start: String

    init(revision: Revision, start: String) {
        self.revision = revision
        self.start = start
    }

    init(_ text: String) throws {
        let padded =
            text.replacing("-", with: "+").replacing("_", with: "/")
            + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: padded), let json = try? JSONValue(parsing: Array(data)),
            json.text("v") == "meta.k8s.io/v1", let revision = json["rv"]?.integerValue,
            let start = json["start"]?.stringValue,
            !start.isEmpty
        else {
            throw StatusError.badRequest("invalid continue token: continue key is not valid")
        }
        self.revision = revision
        self.start = start
    }

    var text: String {
        let json: JSONValue = ["v": "meta.k8s.io/v1", "rv": .integer(revision), "start": .string(start)]
        var text = Data(json.serialized()).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
        while text.hasSuffix("=") { text.removeLast() }
        return text
    }
}
