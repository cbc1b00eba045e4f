/// The protobuf form of an API type: which field number is which JSON field.
final class ProtobufMessage: Sendable {
    let name: String
    /// By number, ascending.
    let fields: [ProtobufField]
    private let positions: [Int32: Int]

    init(_ name: String, _ fields: [ProtobufField]) {
        self.name = name
        self.fields = fields
        positions = Dictionary(fields.enumerated().map { ($1.number, $0) }, uniquingKeysWith: { first, _ in first })
    }

    subscript(number: Int32) -> ProtobufField? { positions[number].map { fields[$0] } }

    /// The message of a served kind.
    static func root(apiVersion: String, kind: String) -> ProtobufMessage? { roots["\(apiVersion)/\(kind)"] }

    /// The message of a kind that is sent in answers: besides the served ones their lists, metadata, Status
    /// and discovery.
    static func answer(apiVersion: String, kind: String) -> ProtobufMessage? {
        root(apiVersion: apiVersion, kind: kind) ?? answers["\(apiVersion)/\(kind)"]
    }

    private static let answers: [String: ProtobufMessage] = {
        var answers = ["v1/Status": status, "meta.k8s.io/v1/PartialObjectMetadata": partialObjectMetadata]
        for (name, message) in roots.merging(answers, uniquingKeysWith: { first, _ in first }) {
            answers[name + "List"] = ProtobufMessage(
                message.name + "List",
                [
                    ProtobufField(1, "metadata", .message(listMeta)),
                    ProtobufField(2, "items", .repeated(.message(message))),
                ])
        }
        answers.merge(discovery) { first, _ in first }
        return answers
    }()

    private static let partialObjectMetadata = ProtobufMessage(
        "PartialObjectMetadata", [ProtobufField(1, "metadata", .message(objectMeta))])

    private static let roots = written.merging(derived, uniquingKeysWith: { first, _ in first })

    private static let written: [String: ProtobufMessage] = [
        "v1/Namespace": namespace, "v1/Node": node, "v1/Service": service, "v1/Event": event,
        "discovery.k8s.io/v1/EndpointSlice": endpointSlice, "events.k8s.io/v1/Event": groupEvent,
        "networking.k8s.io/v1/ServiceCIDR": serviceCIDR, "coordination.k8s.io/v1/Lease": lease,
        "v1/Binding": ProtobufMessage(.binding), "policy/v1/Eviction": ProtobufMessage(.eviction),
        "autoscaling/v1/Scale": ProtobufMessage(.scale),
        "authentication.k8s.io/v1/TokenRequest": ProtobufMessage(ResourceDefinition.tokenRequests.schema),
    ]

    /// Of the kinds whose schemas have numbers.
    private static var derived: [String: ProtobufMessage] {
        var messages: [String: ProtobufMessage] = [:]
        for definition in ResourceRegistry.standard.definitions where definition.schema.fields.last?.number != nil {
            messages["\(definition.apiVersion)/\(definition.kind)"] = ProtobufMessage(definition.schema)
        }
        return messages
    }
}

struct ProtobufField: Sendable {
    let number: Int32
    /// As in JSON.
    let name: String
    let type: ProtobufType

    init(_ number: Int32, _ name: String, _ type: ProtobufType) {
        self.number = number
        self.name = name
        self.type = type
    }
}

indirect enum ProtobufType: Sendable {
    case string
    case bool
    case int32
    case int64
    /// api/resource Quantity: a message around its text.
    case quantity
    /// util/intstr IntOrString.
    case intOrString
    /// meta/v1 Time: seconds and nanoseconds since 1970, of which the nanoseconds do not count.
    case time
    /// meta/v1 MicroTime: the same, counted to the microsecond.
    case microTime
    /// meta/v1 FieldsV1: a message around JSON text.
    case rawJSON
    case message(ProtobufMessage)
    /// From strings.
    case map(ProtobufType)
    case repeated(ProtobufType)
    /// A message around a list of strings (authentication/v1 ExtraValue).
    case stringList
    /// Base64 in JSON.
    case bytes
    /// A message whose fields JSON has in the object around it.
    case inlined(ProtobufMessage)
}
