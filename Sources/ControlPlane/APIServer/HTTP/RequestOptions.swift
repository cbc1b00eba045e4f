import APIObjects
import JSONStream
import KubeSchema

/// The options that requests which write have in their query (metav1 CreateOptions, UpdateOptions, PatchOptions,
/// DeleteOptions).
struct RequestOptions: Sendable {
    var isDryRun = false
    var fieldManager = ""
    var fieldValidation = BodyDecoder.FieldValidation.warn
    var force: Bool?

    init(_ request: APIRequest, kind: String) throws {
        let dryRun = request.query["dryRun"] ?? []
        var errors = Self.dryRunErrors(dryRun)
        isDryRun = !dryRun.isEmpty
        fieldManager = request.first("fieldManager")
        if fieldManager.utf8.count > 128 {
            errors.append(.tooLong(FieldPath("fieldManager"), most: 128))
        } else {
            errors += Self.unprintable(fieldManager, FieldPath("fieldManager"))
        }
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

    static func dryRunErrors(_ values: [String]) -> [FieldError] {
        guard values.contains(where: { $0 != "All" }) else { return [] }
        return [.notSupported(FieldPath("dryRun"), .array(values.map { .string($0) }), ["All"])]
    }

    /// Letters, marks, numbers, punctuation, symbols and the plain space can be printed.
    private static func unprintable(_ text: String, _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        var position = 0
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
                .spaceSeparator where scalar != " ":
                let number = String(scalar.value, radix: 16, uppercase: true)
                let code = "U+" + String(repeating: "0", count: max(0, 4 - number.count)) + number
                errors.append(.invalid(path, .string(text), "invalid character \(code) (at position \(position))"))
            default: break
            }
            position += scalar.utf8.count
        }
        return errors
    }
}
