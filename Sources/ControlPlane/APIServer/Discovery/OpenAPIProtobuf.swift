import JSONStream

/// Writes an OpenAPI v2 document as the protobuf messages of gnostic (openapiv2/OpenAPIv2.proto). Field numbers are
/// those of that file.
enum OpenAPIProtobuf {
    static func document(_ document: JSONValue) -> [UInt8] {
        var message = ProtobufWriter()
        message.string(1, document["swagger"])
        message.message(2) { info in
            info.string(1, document["info"]?["title"])
            info.string(2, document["info"]?["version"])
        }
        message.message(8) { paths in
            for (name, item) in document["paths"]?.objectValue ?? [:] {
                paths.named(2, name) { pathItem(item, into: &$0) }
            }
        }
        message.message(9) { definitions in
            for (name, definition) in document["definitions"]?.objectValue ?? [:] {
                definitions.named(1, name) { schema(definition, into: &$0) }
            }
        }
        return message.bytes
    }

    private static func pathItem(_ item: JSONValue, into message: inout ProtobufWriter) {
        for (field, method) in [(2, "get"), (3, "put"), (4, "post"), (5, "delete"), (8, "patch")] {
            guard let value = item[method] else { continue }
            message.message(field) { operation(value, into: &$0) }
        }
        for value in item["parameters"]?.arrayValue ?? [] { parameter(9, value, into: &message) }
    }

    private static func operation(_ operation: JSONValue, into message: inout ProtobufWriter) {
        message.string(3, operation["description"])
        message.string(5, operation["operationId"])
        for type in operation["produces"]?.arrayValue ?? [] { message.string(6, type) }
        for type in operation["consumes"]?.arrayValue ?? [] { message.string(7, type) }
        for value in operation["parameters"]?.arrayValue ?? [] { parameter(8, value, into: &message) }
        message.message(9) { responses in
            for (code, response) in operation["responses"]?.objectValue ?? [:] {
                responses.named(1, code) { value in
                    value.message(1) { message in
                        message.string(1, response["description"])
                        guard let content = response["schema"] else { return }
                        message.message(2) { item in item.message(1) { schema(content, into: &$0) } }
                    }
                }
            }
        }
        extensions(13, of: operation, into: &message)
    }

    private static func parameter(_ field: Int, _ value: JSONValue, into message: inout ProtobufWriter) {
        message.message(field) { item in
            item.message(1) { parameter in
                if value["in"] == "body" {
                    parameter.message(1) { body in
                        body.string(2, value["name"])
                        body.string(3, value["in"])
                        body.bool(4, value["required"])
                        body.message(5) { schema(value["schema"] ?? [:], into: &$0) }
                    }
                    return
                }
                let isPath = value["in"] == "path"
                parameter.message(2) { other in
                    other.message(isPath ? 4 : 3) { message in
                        message.bool(1, value["required"])
                        message.string(2, value["in"])
                        message.string(4, value["name"])
                        message.string(isPath ? 5 : 6, value["type"])
                    }
                }
            }
        }
    }

    private static func schema(_ value: JSONValue, into message: inout ProtobufWriter) {
        message.string(1, value["$ref"])
        message.string(2, value["format"])
        message.string(4, value["description"])
        if let value = value["default"] { message.message(5) { $0.text(2, text(value)) } }
        for name in value["required"]?.arrayValue ?? [] { message.string(19, name) }
        if let element = value["additionalProperties"] {
            message.message(21) { item in item.message(1) { schema(element, into: &$0) } }
        }
        if let type = value["type"] { message.message(22) { $0.string(1, type) } }
        if let element = value["items"] {
            message.message(23) { items in items.message(1) { schema(element, into: &$0) } }
        }
        if let properties = value["properties"]?.objectValue {
            message.message(25) { message in
                for (name, property) in properties { message.named(1, name) { schema(property, into: &$0) } }
            }
        }
        extensions(31, of: value, into: &message)
    }

    private static func extensions(_ field: Int, of value: JSONValue, into message: inout ProtobufWriter) {
        for (name, content) in value.objectValue ?? [:] where name.hasPrefix("x-") {
            // JSON is YAML.
            message.named(field, name) { $0.text(2, text(content)) }
        }
    }

    private static func text(_ value: JSONValue) -> String {
        String(decoding: value.serialized(), as: UTF8.self)
    }
}
