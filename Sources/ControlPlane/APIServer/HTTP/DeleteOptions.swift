import APIObjects
import JSONStream
import KubeSchema
import YAMLStream

/// What a DELETE asks for (metav1 DeleteOptions).
struct DeleteOptions: Sendable {
    var uid: String?
    var resourceVersion: String?
    var isDryRun = false
    var gracePeriodSeconds: Int64?
    /// Foreground, Background or Orphan.
    var policy: String?
    /// The older form of the policy, as the client gave it.
    var orphanDependents: Bool?

    init() {}

    /// From the body, or from the query if there is no body: a query beside a body says nothing.
    init(_ bytes: [UInt8], _ request: APIRequest) throws {
        self.init()
        guard bytes.isEmpty else {
            self = try DeleteOptions(object: try Self.decode(bytes, MediaType(request.contentType).name))
            return
        }
        if let text = request.query["gracePeriodSeconds"]?.first, !text.isEmpty {
            guard let seconds = Int64(text) else {
                throw StatusError.badRequest("strconv.ParseInt: parsing \"\(text)\": invalid syntax")
            }
            gracePeriodSeconds = seconds
        }
        policy = request.query["propagationPolicy"]?.first
        orphanDependents = request.query["orphanDependents"] == nil ? nil : request.flag("orphanDependents")
        try finish(dryRun: request.query["dryRun"] ?? [])
    }

    /// From the object itself, as it stands in an Eviction.
    init(object: JSONValue) throws {
        let kind = object.text("kind")
        guard kind.isEmpty || kind == "DeleteOptions" else {
            throw StatusError.badRequest("decoded object cannot be converted to DeleteOptions")
        }
        uid = object["preconditions"]?["uid"]?.stringValue
        resourceVersion = object["preconditions"]?["resourceVersion"]?.stringValue
        gracePeriodSeconds = object["gracePeriodSeconds"]?.integerValue
        policy = object["propagationPolicy"]?.stringValue
        orphanDependents = object["orphanDependents"]?.boolValue
        try finish(dryRun: object.strings("dryRun"))
    }

    private static func decode(_ bytes: [UInt8], _ mediaType: String) throws -> JSONValue {
        let value: JSONValue
        do {
            switch mediaType {
            case "", "application/json": value = try JSONValue(parsing: bytes)
            case "application/yaml": value = try YAMLDocument(parsing: bytes).value
            case ProtobufEnvelope.mediaType: return try protobuf(bytes)
            default: throw BodyDecoder.unsupportedMediaType
            }
            var reader = SchemaReader()
            return try reader.read(value, as: KubeSchema["meta.v1.DeleteOptions"])
        } catch let error as StatusError {
            throw error
        } catch {
            let problem = (error as? SchemaReader.TypeError)?.message ?? "\(error)"
            throw StatusError.badRequest("the DeleteOptions in the body cannot be read: \(problem)")
        }
    }

    private mutating func finish(dryRun: [String]) throws {
        var errors: [FieldError] = []
        if let policy, orphanDependents != nil {
            errors.append(
                .invalid(
                    FieldPath("propagationPolicy"), .string(policy),
                    "orphanDependents and deletionPropagation cannot be both set"))
        }
        let policies = ["Foreground", "Background", "Orphan"]
        if let policy, !policies.contains(policy) {
            errors.append(.notSupported(FieldPath("propagationPolicy"), .string(policy), policies + ["nil"]))
        }
        errors += RequestOptions.dryRunErrors(dryRun)
        guard errors.isEmpty else {
            throw StatusError.invalid(kind: "DeleteOptions", group: "meta.k8s.io", name: "", errors)
        }
        isDryRun = !dryRun.isEmpty
        if let orphanDependents { policy = orphanDependents ? "Orphan" : "Background" }
    }
}

extension DeleteOptions {
    static func protobuf(_ bytes: [UInt8]) throws(ProtobufError) -> JSONValue {
        let envelope = try ProtobufEnvelope(bytes)
        guard envelope.kind.isEmpty || envelope.kind == "DeleteOptions" else {
            throw ProtobufError("a \(envelope.kind) instead of DeleteOptions")
        }
        return try envelope.object(as: KubeSchema["meta.v1.DeleteOptions"].message)
    }
}
