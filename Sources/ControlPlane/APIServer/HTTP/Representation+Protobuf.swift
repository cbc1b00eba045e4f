import APIObjects
import Hummingbird
import JSONStream
import KubeSchema

extension Representation {
    var isProtobuf: Bool { mediaType == ProtobufEnvelope.mediaType }

    /// Whether stored objects go out byte by byte.
    func sendsStoredBytes(of definition: ResourceDefinition) -> Bool {
        shape == .object && !isProtobuf && definition.conversion == nil
    }

    /// client-go picks the framing of a watch by the parameter.
    var watchMediaType: String { isProtobuf ? mediaType + ";stream=watch" : mediaType }
}

extension APIHandler {
    /// An object or list in the media type that the client wants; JSON for a kind that has no protobuf form here.
    static func answer(
        _ value: JSONValue, _ representation: Representation, code: Int = 200, warnings: [String] = []
    ) -> Response {
        guard representation.isProtobuf else {
            return bytes(value.serialized(), code: code, mediaType: representation.mediaType, warnings: warnings)
        }
        guard let encoded = ProtobufEnvelope.encode(value) else { return json(value, code: code, warnings: warnings) }
        return bytes(encoded, code: code, mediaType: representation.mediaType, warnings: warnings)
    }
}
