import APIObjects
import JSONStream
import KubeSchema

/// The shape that a client wants objects in.
struct Representation: Hashable, Sendable {
    enum Shape: Hashable, Sendable {
        case object
        case table
        case partialMetadata
        case partialMetadataList
    }

    var shape: Shape
    /// YAML is answered with JSON, which is YAML.
    var mediaType: String
    /// The version of meta.k8s.io that the shape is of.
    var metaVersion = "v1"

    static let json = Representation(shape: .object, mediaType: "application/json")

    /// The most wanted that can be served; nil if none can.
    /// - Parameter transforms: whether there are tables and metadata alone; types that ask for them are passed over
    ///   otherwise.
    static func negotiate(_ accept: String, transforms: Bool = true) -> Representation? {
        guard !accept.isEmpty else { return .json }
        for type in MediaType.list(accept) {
            let mediaType: String
            switch type.name {
            case "application/json", "application/*", "*/*": mediaType = "application/json"
            case "application/yaml": mediaType = "application/yaml"
            case ProtobufEnvelope.mediaType: mediaType = ProtobufEnvelope.mediaType
            default: continue
            }
            let wanted = type.parameters.filter { ["as", "g", "v"].contains($0.key) }
            if wanted.isEmpty { return Representation(shape: .object, mediaType: mediaType) }
            guard transforms, wanted["g"] == "meta.k8s.io", let version = wanted["v"],
                ["v1", "v1beta1"].contains(version), let shape = shape(wanted["as"] ?? "", mediaType)
            else { continue }
            return Representation(shape: shape, mediaType: mediaType, metaVersion: version)
        }
        return nil
    }

    private static func shape(_ kind: String, _ mediaType: String) -> Shape? {
        switch kind {
        case "Table": mediaType == ProtobufEnvelope.mediaType ? nil : .table
        case "PartialObjectMetadata": .partialMetadata
        case "PartialObjectMetadataList": .partialMetadataList
        default: nil
        }
    }

    /// The same where objects are not transformed.
    static func negotiateWhole(_ accept: String) -> Representation? { negotiate(accept, transforms: false) }

    /// What is shaped is made in v1, which older clients know by another name.
    func versioned(_ shaped: JSONValue) -> JSONValue {
        guard metaVersion != "v1" else { return shaped }
        var shaped = shaped
        if shaped.text("apiVersion") == "meta.k8s.io/v1" {
            shaped["apiVersion"] = .string("meta.k8s.io/\(metaVersion)")
        }
        shaped.editItems("items") { $0 = versioned($0) }
        shaped.editItems("rows") { row in row.edit("object") { $0 = versioned($0) } }
        return shaped
    }
}
