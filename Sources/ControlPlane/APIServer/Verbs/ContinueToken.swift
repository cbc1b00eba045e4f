import APIObjects
import JSONStream
import KubeAPI
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
        guard let bytes = Base64.decodeForURL(text), let json = try? JSONValue(parsing: bytes),
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
        return Base64.encodeForURL(json.serialized())
    }
}
