import JSONStream
import OrderedCollections

/// The options that requests which write have in their query (metav1 CreateOptions, UpdateOptions, PatchOptions,
/// DeleteOptions).
struct RequestOptions: Sendable {
    var isDryRun = false
    var fieldManager = ""
    var fieldValidation = BodyDecoder.FieldValidation.warn
    var force: Bool?

    init(_ request: APIRequest, kind: String) throws {
        var errors: [FieldError] = []
        let dryRun = request.query["dryRun"] ?? []
        if dryRun.contains(where: { $0 != "All" }) {
            errors.append(
                .notSupported(FieldPath("dryRun"), .array(dryRun.map { .string($0) }), ["All"]))
        }
        isDryRun = !dryRun.isEmpty
        fieldManager = request.first("fieldManager")
        if fieldManager.utf8.count > 128 { errors.append(.tooLong(FieldPath("fieldManager"), most: 128)) }
        let validation = request.first("fieldValidation")
        if let known = BodyDecoder.FieldValidation(rawValue: validation) {
            fieldValidation = known
        } else if !validation.isEmpty {
            errors.append(
                .notSupported(FieldPath("fieldValidation"), .string(validation), ["Ignore", "Strict", "Warn"]))
        }
        if request.query["force"] != nil { force = request.flag("force") }
        if kind == "PatchOptions" {
            let isApply = MediaType(request.contentType).name == "application/apply-patch+yaml"
            if isApply, fieldManager.isEmpty {
                errors.append(.required(FieldPath("fieldManager"), "is required for apply patch"))
            }
            if !isApply, force != nil {
                errors.append(.forbidden(FieldPath("force"), "may not be specified for non-apply patch"))
            }
        }
        guard errors.isEmpty else {
            throw StatusError.invalid(kind: kind, group: "meta.k8s.io", name: "", errors)
        }
        // Without a manager named, the client's program is it, as upstream has it.
        if fieldManager.isEmpty {
            fieldManager = String(request.userAgent.split(separator: "/").first?.prefix(128) ?? "unknown")
        }
    }
}

/// The body of DELETE.
struct DeleteOptions: Sendable {
    var uid: String?
    var resourceVersion: String?
    var isDryRun = false
    var gracePeriodSeconds: Int64?
    /// Foreground, Background or Orphan.
    var policy: String?

    init() {}

    init(_ bytes: [UInt8], _ request: APIRequest) throws {
        var body: JSONValue = [:]
        if !bytes.isEmpty {
            do {
                switch MediaType(request.contentType).name {
                case "application/yaml": body = try YAML.decode(bytes)
                case ProtobufEnvelope.mediaType: body = try Self.protobuf(bytes)
                default: body = try JSONValue(parsing: bytes)
                }
            } catch {
                throw StatusError.badRequest("the DeleteOptions in the body cannot be read: \(error)")
            }
        }
        try self.init(object: body)
        let dryRun = request.query["dryRun"] ?? []
        let orphans = request.query["orphanDependents"] == nil ? nil : request.flag("orphanDependents")
        try Self.validate(dryRun: dryRun, policy: request.query["propagationPolicy"]?.first, orphans: orphans)
        isDryRun = isDryRun || !dryRun.isEmpty
        if gracePeriodSeconds == nil { gracePeriodSeconds = Int64(request.first("gracePeriodSeconds")) }
        if policy == nil { policy = request.query["propagationPolicy"]?.first }
        if policy == nil, let orphans { policy = orphans ? "Orphan" : "Background" }
    }

    /// From the object itself, as it stands in an Eviction.
    init(object: JSONValue) throws {
        uid = object["preconditions"]?["uid"]?.stringValue
        resourceVersion = object["preconditions"]?["resourceVersion"]?.stringValue
        gracePeriodSeconds = object["gracePeriodSeconds"]?.integerValue
        policy = object["propagationPolicy"]?.stringValue
        let dryRun = object.strings("dryRun")
        let kind = object.text("kind")
        guard kind.isEmpty || kind == "DeleteOptions" else {
            throw StatusError.badRequest("decoded object cannot be converted to DeleteOptions")
        }
        try Self.validate(dryRun: dryRun, policy: policy, orphans: object["orphanDependents"]?.boolValue)
        if let orphans = object["orphanDependents"]?.boolValue { policy = orphans ? "Orphan" : "Background" }
        isDryRun = !dryRun.isEmpty
    }

    private static func validate(dryRun: [String], policy: String?, orphans: Bool?) throws {
        var errors: [FieldError] = []
        if let policy, orphans != nil {
            errors.append(
                .invalid(
                    FieldPath("propagationPolicy"), .string(policy),
                    "orphanDependents and deletionPropagation cannot be both set"))
        }
        if dryRun.contains(where: { $0 != "All" }) {
            errors.append(.notSupported(FieldPath("dryRun"), .array(dryRun.map { .string($0) }), ["All"]))
        }
        let policies = ["Foreground", "Background", "Orphan"]
        if let policy, !policies.contains(policy) {
            errors.append(.notSupported(FieldPath("propagationPolicy"), .string(policy), policies))
        }
        guard errors.isEmpty else {
            throw StatusError.invalid(kind: "DeleteOptions", group: "meta.k8s.io", name: "", errors)
        }
    }
}
