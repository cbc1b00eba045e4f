package import JSONStream
import KubeSchema
import YAMLStream

/// From the bytes of a body to an object in its schema's form with defaults filled in.
package struct BodyDecoder: Sendable {
    package enum FieldValidation: String, Sendable {
        case ignore = "Ignore"
        case warn = "Warn"
        case strict = "Strict"
    }

    package struct Decoded: Sendable {
        package var object: JSONValue
        package var warnings: [String]

        package init(object: JSONValue, warnings: [String]) {
            self.object = object
            self.warnings = warnings
        }
    }

    package let definition: ResourceDefinition
    package let validation: FieldValidation

    package init(definition: ResourceDefinition, validation: FieldValidation) {
        self.definition = definition
        self.validation = validation
    }

    package func decode(_ bytes: [UInt8], contentType: String) throws -> Decoded {
        do {
            return try read(bytes, contentType: contentType)
        } catch let error as StatusError {
            throw error.logged(as: "the body of the request cannot be read as a \(definition.kind)")
        }
    }

    private func read(_ bytes: [UInt8], contentType: String) throws -> Decoded {
        let type = MediaType(contentType).name
        let value: JSONValue
        var strict: [String]?
        switch type {
        case "", "application/json":
            let parsed = try json(bytes)
            value = parsed.value
            if parsed.hasRepeatedMembers, validation != .ignore {
                strict = StrictFields.find(in: bytes, definition.schema)
            }
        case "application/yaml":
            let document = try yaml(bytes)
            value = document.value
            // Upstream makes JSON of YAML, which sorts the members.
            if validation != .ignore {
                strict =
                    Self.problems(document) + StrictFields.find(in: value.sortedByName.serialized(), definition.schema)
            }
        case ProtobufEnvelope.mediaType:
            value = try protobuf(bytes)
        default:
            throw Self.unsupportedMediaType
        }
        try checkKind(value)
        return try structured(value, strict: strict)
    }

    package static let unsupportedMediaType = StatusError(
        code: 415, reason: "UnsupportedMediaType",
        message: "the body of the request was in an unknown format - accepted media types include: "
            + "application/json, application/yaml, application/vnd.kubernetes.protobuf")

    private func yaml(_ bytes: [UInt8]) throws -> YAMLDocument {
        do {
            return try YAMLDocument(parsing: bytes)
        } catch {
            throw StatusError.badRequest(
                "the object provided is unrecognized (must be of type \(definition.kind)): couldn't get version/kind; "
                    + "yaml parse error: \(error)")
        }
    }

    /// Keys that stand twice, in the words of Go's library, which tells them all at once.
    private static func problems(_ document: YAMLDocument) -> [String] {
        guard !document.duplicates.isEmpty else { return [] }
        return ["yaml: unmarshal errors:\n  " + document.duplicates.joined(separator: "\n  ")]
    }

    private func json(_ bytes: [UInt8]) throws -> (value: JSONValue, hasRepeatedMembers: Bool) {
        do {
            return try JSONValue.parse(bytes)
        } catch {
            let shown = bytes.isEmpty ? "<empty>" : String(decoding: bytes.prefix(1024), as: UTF8.self)
            throw StatusError.badRequest(
                "the object provided is unrecognized (must be of type \(definition.kind)): couldn't get version/kind; "
                    + "json parse error: \(error) (\(shown))")
        }
    }

    package func checkKind(_ value: JSONValue) throws {
        guard case .object = value else {
            throw StatusError.badRequest(
                "the object provided is unrecognized (must be of type \(definition.kind)): couldn't get version/kind; "
                    + "json parse error: the body is no object")
        }
        let kind = value.text("kind")
        let apiVersion = value.text("apiVersion")
        if !apiVersion.isEmpty, apiVersion != definition.apiVersion {
            let version = apiVersion.split(separator: "/").last.map(String.init) ?? apiVersion
            throw cannotHandle(
                kind.isEmpty ? definition.kind : kind, version,
                "no kind \"\(kind)\" is registered for version \"\(apiVersion)\"")
        }
        if !kind.isEmpty, kind != definition.kind {
            throw cannotHandle(
                kind, definition.version,
                "converting (\(definition.version).\(kind)) to (\(definition.kind)): unknown conversion")
        }
    }

    package func cannotHandle(_ kind: String, _ version: String, _ why: String) -> StatusError {
        .badRequest("\(kind) in version \"\(version)\" cannot be handled as a \(definition.kind): \(why)")
    }

    /// Applies schema and defaults to a value that is known to be of the right kind.
    /// - Parameters:
    ///   - problems: what is wrong with the text already, though it can be read.
    ///   - strict: all that strict decoding finds in the text; nil for what the schema does not know alone.
    package func structured(_ value: JSONValue, problems: [String] = [], strict: [String]? = nil) throws -> Decoded {
        // What is wrong with a custom object validation says.
        var reader = SchemaReader(isLenient: !definition.hasProtobuf)
        let read: JSONValue
        do {
            read = try reader.read(value, as: definition.schema)
        } catch {
            throw cannotHandle(definition.kind, definition.version, error.message)
        }
        let problems = problems + (strict ?? reader.unknownFields.map { "unknown field \"\($0)\"" })
        if validation == .strict, !problems.isEmpty {
            throw cannotHandle(
                definition.kind, definition.version, "strict decoding error: \(problems.joined(separator: ", "))")
        }
        var object = read
        object["kind"] = .string(definition.kind)
        object["apiVersion"] = .string(definition.apiVersion)
        definition.strategy.applyDefaults(&object)
        object = SchemaReader.ordered(object, definition.schema, since: read)
        return Decoded(object: object, warnings: validation == .warn ? problems : [])
    }
}
