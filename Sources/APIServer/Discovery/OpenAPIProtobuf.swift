import JSONStream
import OrderedCollections

/// The OpenAPI v2 document in protobuf (message openapi.v2.Document of gnostic), which is all that kubectl before 1.29
/// asks for. Written from the JSON document; what that does not use is not covered.
enum OpenAPIProtobuf {
    /// Clients ask for `…spec.v2@v1.0+protobuf`, but an at sign is no part of a valid media type.
    static let mediaType = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"

    static func encode(_ document: JSONValue) -> [UInt8] {
        var message = Message()
        message.add(1, document.text("swagger"))
        message.add(2) { info in
            info.add(1, document["info"]?.text("title") ?? "")
            info.add(2, document["info"]?.text("version") ?? "")
        }
        message.add(8) { paths in
            for (path, item) in document["paths"]?.objectValue ?? [:] {
                paths.add(2) { named in
                    named.add(1, path)
                    named.add(2) { self.path(item, &$0) }
                }
            }
        }
        message.add(9) { self.schemas(document["definitions"], &$0) }
        return message.bytes
    }

    private static func path(_ item: JSONValue, _ message: inout Message) {
        for (number, method) in [(2, "get"), (3, "put"), (4, "post"), (5, "delete"), (8, "patch")] {
            guard let operation = item[method] else { continue }
            message.add(number) { self.operation(operation, &$0) }
        }
    }

    private static func operation(_ operation: JSONValue, _ message: inout Message) {
        message.add(3, operation.text("description"))
        message.add(5, operation.text("operationId"))
        for parameter in operation.items("parameters") {
            // ParametersItem, Parameter, NonBodyParameter, QueryParameterSubSchema.
            message.add(8) { item in
                item.add(1) { either in
                    either.add(2) { nonBody in
                        nonBody.add(3) { query in
                            query.add(2, parameter.text("in"))
                            query.add(4, parameter.text("name"))
                            query.add(6, parameter.text("type"))
                            query.add(20, true)
                        }
                    }
                }
            }
        }
        message.add(9) { responses in
            for (code, response) in operation["responses"]?.objectValue ?? [:] {
                responses.add(1) { named in
                    named.add(1, code)
                    named.add(2) { value in
                        value.add(1) { inner in
                            inner.add(1, response.text("description"))
                            if let schema = response["schema"] {
                                inner.add(2) { item in item.add(1) { self.schema(schema, &$0) } }
                            }
                        }
                    }
                }
            }
        }
        extensions(of: operation, 13, &message)
    }

    private static func schemas(_ schemas: JSONValue?, _ message: inout Message) {
        for (name, schema) in schemas?.objectValue ?? [:] {
            message.add(1) { named in
                named.add(1, name)
                named.add(2) { self.schema(schema, &$0) }
            }
        }
    }

    private static func schema(_ schema: JSONValue, _ message: inout Message) {
        message.add(1, schema.text("$ref"))
        message.add(2, schema.text("format"))
        message.add(4, schema.text("description"))
        if let value = schema["default"] { message.add(5) { any(value, &$0) } }
        for name in schema.strings("required") { message.add(19, name) }
        if let element = schema["additionalProperties"] {
            message.add(21) { item in item.add(1) { self.schema(element, &$0) } }
        }
        if !schema.text("type").isEmpty { message.add(22) { $0.add(1, schema.text("type")) } }
        if let items = schema["items"] { message.add(23) { item in item.add(1) { self.schema(items, &$0) } } }
        if let properties = schema["properties"] { message.add(25) { self.schemas(properties, &$0) } }
        extensions(of: schema, 31, &message)
    }

    private static func extensions(of value: JSONValue, _ number: Int, _ message: inout Message) {
        for (name, content) in value.objectValue ?? [:] where name.hasPrefix("x-") {
            message.add(number) { named in
                named.add(1, name)
                named.add(2) { any(content, &$0) }
            }
        }
    }

    /// Any value as YAML, of which JSON is a part.
    private static func any(_ value: JSONValue, _ message: inout Message) {
        message.add(2, String(decoding: value.serialized(), as: UTF8.self) + "\n")
    }

    /// A message that is being written.
    private struct Message {
        var bytes: [UInt8] = []

        mutating func add(_ number: Int, _ text: String) {
            guard !text.isEmpty else { return }
            add(number, Array(text.utf8))
        }

        mutating func add(_ number: Int, _ flag: Bool) {
            varint(UInt64(number) << 3)
            bytes.append(flag ? 1 : 0)
        }

        mutating func add(_ number: Int, _ body: (inout Message) -> Void) {
            var inner = Message()
            body(&inner)
            add(number, inner.bytes)
        }

        private mutating func add(_ number: Int, _ content: [UInt8]) {
            varint(UInt64(number) << 3 | 2)
            varint(UInt64(content.count))
            bytes += content
        }

        private mutating func varint(_ value: UInt64) {
            var rest = value
            while rest >= 0x80 {
                bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
                rest >>= 7
            }
            bytes.append(UInt8(rest))
        }
    }
}
