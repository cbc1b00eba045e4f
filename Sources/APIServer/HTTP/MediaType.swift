/// One entry of an Accept header, or a Content-Type.
struct MediaType: Hashable, Sendable {
    var name: String
    var parameters: [String: String]

    init(_ text: some StringProtocol) {
        let parts = text.split(separator: ";").map { part in
            String(part.drop { $0 == " " }).trimmingSpace()
        }
        name = parts.first?.lowercased() ?? ""
        parameters = [:]
        for part in parts.dropFirst() {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            parameters[String(sides[0]).lowercased()] = sides.count > 1 ? String(sides[1]) : ""
        }
    }

    static func list(_ header: String) -> [MediaType] { header.split(separator: ",").map { MediaType($0) } }
}

extension String {
    fileprivate func trimmingSpace() -> String {
        var text = self[...]
        while text.last == " " { text = text.dropLast() }
        return String(text)
    }
}

/// The shape that a client wants objects in.
struct Representation: Hashable, Sendable {
    enum Shape: Hashable, Sendable {
        case object
        case table
        case partialMetadata
    }

    var shape: Shape
    /// YAML is answered with JSON, which is YAML.
    var mediaType: String

    static let json = Representation(shape: .object, mediaType: "application/json")

    /// The first that can be served; nil if none can.
    static func negotiate(_ accept: String) -> Representation? {
        guard !accept.isEmpty else { return .json }
        for type in MediaType.list(accept) {
            let mediaType: String
            switch type.name {
            case "application/json", "application/*", "*/*": mediaType = "application/json"
            case "application/yaml": mediaType = "application/yaml"
            case ProtobufEnvelope.mediaType: mediaType = ProtobufEnvelope.mediaType
            default: continue
            }
            let version = type.parameters["v"] ?? ""
            switch type.parameters["as"] {
            case nil: return Representation(shape: .object, mediaType: mediaType)
            case "Table"? where version == "v1" && mediaType != ProtobufEnvelope.mediaType:
                return Representation(shape: .table, mediaType: mediaType)
            case "PartialObjectMetadata"? where version == "v1", "PartialObjectMetadataList"? where version == "v1":
                return Representation(shape: .partialMetadata, mediaType: mediaType)
            default: continue
            }
        }
        return nil
    }

    /// The same where objects are not transformed: types that ask for a table or only the metadata are passed over.
    static func negotiateWhole(_ accept: String) -> Representation? {
        let whole = accept.split(separator: ",").filter { MediaType($0).parameters["as"] == nil }
        return accept.isEmpty || !whole.isEmpty ? negotiate(whole.joined(separator: ",")) : nil
    }
}
