import APIObjects

/// What `/openapi/v2` can be answered in.
enum OpenAPIForm: Sendable {
    case json
    case protobuf

    /// What answers are marked with. Clients may ask for it in an older spelling, with `@` before the version.
    static let protobufMediaType = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"
    private static let olderMediaType = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"

    /// The form that the client likes best of those that it takes; of equal ones the first. nil if it takes none.
    static func negotiate(_ accept: String) -> OpenAPIForm? {
        guard !accept.isEmpty else { return .json }
        var best: (form: OpenAPIForm, weight: Double)?
        for type in MediaType.list(accept) {
            let weight = type.parameters["q"].flatMap { Double($0) } ?? 1
            guard let form = form(type.name), weight > best?.weight ?? 0 else { continue }
            best = (form, weight)
        }
        return best?.form
    }

    private static func form(_ name: String) -> OpenAPIForm? {
        switch name {
        case "application/json", "application/*", "*/*": .json
        case protobufMediaType, olderMediaType: .protobuf
        default: nil
        }
    }
}
