package import APIObjects
import APIResources
package import JSONStream
package import Testing

extension JSONValue {
    /// From text in a test; null if it does not parse.
    package init(text: String) { self = (try? JSONValue(parsing: Array(text.utf8))) ?? .null }

    package var written: String { String(decoding: serialized(), as: UTF8.self) }

    /// A member of members; setting makes what is missing on the way.
    package subscript(path first: String, _ second: String) -> JSONValue? {
        get { self[first]?[second] }
        set {
            var member = self[first] ?? [:]
            member[second] = newValue
            self[first] = member
        }
    }
}

/// `reason field` of each error, in order.
package func brief(_ errors: [FieldError]) -> [String] {
    errors.map { String($0.kind.rawValue.dropFirst("FieldValue".count)) + " " + $0.field }
}

package let dualStack = AdmissionContext(ipFamilies: ["IPv4", "IPv6"])

/// An object as it comes out of the decoder, in namespace `t`.
package func decoded(_ text: String, _ definition: ResourceDefinition) throws -> JSONValue {
    var object = JSONValue(text: text)
    if object["metadata"]?["name"] == nil { object[path: "metadata", "name"] = "x" }
    if definition.isNamespaced { object[path: "metadata", "namespace"] = "t" }
    object[path: "metadata", "resourceVersion"] = "1"
    return try BodyDecoder(definition: definition, validation: .ignore).structured(object).object
}

/// A Service with defaults, in namespace `t`, from the text of its spec.
package func service(_ spec: String, name: String = "s") throws -> JSONValue {
    try decoded(#"{"metadata":{"name":"\#(name)"},"spec":\#(spec)}"#, .services)
}

/// Waits for what comes about soon.
package func eventually(_ condition: () async throws -> Bool, at location: SourceLocation = #_sourceLocation)
    async throws
{
    for _ in 0..<30_000 {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record("did not come to pass within a minute", sourceLocation: location)
}
