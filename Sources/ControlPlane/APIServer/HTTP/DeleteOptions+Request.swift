import APIObjects
import JSONStream
import KubeAPI
import KubeSchema
import YAMLStream

/// What a DELETE asks for.
extension DeleteOptions {
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
            gracePeriod = seconds
        }
        orphanDependents = request.query["orphanDependents"] == nil ? nil : request.flag("orphanDependents")
        try finish(policy: request.query["propagationPolicy"]?.first, dryRun: request.query["dryRun"] ?? [])
    }

    /// From the object itself, as it stands in an Eviction.
    init(object: JSONValue) throws {
        self.init()
        let kind = object.text("kind")
        guard kind.isEmpty || kind == "DeleteOptions" else {
            throw StatusError.badRequest("decoded object cannot be converted to DeleteOptions")
        }
        uid = object["preconditions"]?["uid"]?.stringValue
        resourceVersion = object["preconditions"]?["resourceVersion"]?.stringValue
        gracePeriod = object["gracePeriodSeconds"]?.integerValue
        orphanDependents = object["orphanDependents"]?.boolValue
        try finish(policy: object["propagationPolicy"]?.stringValue, dryRun: object.strings("dryRun"))
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

    private mutating func finish(policy: String?, dryRun: [String]) throws {
        var errors: [FieldError] = []
        if let policy, orphanDependents != nil {
            errors.append(
                .invalid(
                    FieldPath("propagationPolicy"), .string(policy),
                    "orphanDependents and deletionPropagation cannot be both set"))
        }
        if let policy {
            propagationPolicy = PropagationPolicy(rawValue: policy)
            if propagationPolicy == nil {
                errors.append(
                    .notSupported(
                        FieldPath("propagationPolicy"), .string(policy), ["Foreground", "Background", "Orphan", "nil"]))
            }
        }
        errors += RequestOptions.dryRunErrors(dryRun)
        guard errors.isEmpty else {
            throw StatusError.invalid(kind: "DeleteOptions", group: "meta.k8s.io", name: "", errors)
        }
        isDryRun = !dryRun.isEmpty
        if let orphanDependents { propagationPolicy = orphanDependents ? .orphan : .background }
    }

    static func protobuf(_ bytes: [UInt8]) throws(ProtobufError) -> JSONValue {
        let envelope = try ProtobufEnvelope(bytes)
        guard envelope.kind.isEmpty || envelope.kind == "DeleteOptions" else {
            throw ProtobufError("a \(envelope.kind) instead of DeleteOptions")
        }
        return try envelope.object(as: KubeSchema["meta.v1.DeleteOptions"].message)
    }
}
