import Testing

@testable import APIServer

/// The tables of field numbers and the schemas describe the same types.
@Suite struct ProtobufTableTests {
    @Test(
        "every served kind has a table with the fields of its schema",
        arguments: ResourceRegistry.standard.definitions.map(\.apiKind))
    func schemas(_ kind: [String]) throws {
        let definition = try #require(
            ResourceRegistry.standard.definitions.first { $0.apiVersion == kind[0] && $0.kind == kind[1] })
        let message = try #require(ProtobufMessage.root(apiVersion: kind[0], kind: kind[1]))
        compare(definition.schema, message, skipping: ["kind", "apiVersion"], path: kind[1])
    }

    private func compare(_ schema: StructSchema, _ message: ProtobufMessage, skipping: Set<String> = [], path: String) {
        #expect(Set(message.fields.map(\.number)).count == message.fields.count, "\(path): a number twice")
        // A namespace's conditions have no observedGeneration.
        let lacking: Set<String> = message.name == "NamespaceCondition" ? ["observedGeneration"] : []
        // The kind of a claim template is known.
        let skipping = schema.name == "PersistentVolumeClaim" ? ["kind", "apiVersion"] : skipping
        let names = Set(schema.fields.map(\.name)).subtracting(skipping).subtracting(lacking)
        // JSON has the fields of an inlined message in the object around it.
        let fields = message.fields.flatMap { field in
            if case .inlined(let inner) = field.type { inner.fields } else { [field] }
        }
        #expect(names == Set(fields.map(\.name)), "\(path)")
        for field in fields {
            guard let other = schema[field.name] else { continue }
            compare(other.type, field.type, path: "\(path).\(field.name)")
        }
    }

    private func compare(_ schema: SchemaType, _ type: ProtobufType, path: String) {
        switch (schema, type) {
        case (.string, .string), (.bool, .bool), (.int32, .int32), (.int64, .int64), (.quantity, .quantity),
            (.intOrString, .intOrString), (.time, .time), (.microTime, .microTime), (.any, .rawJSON), (.any, .message),
            (.bytes, .bytes):
            break
        case (.array(.string), .stringList): break
        case (.object(let schema), .message(let message)): compare(schema, message, path: path)
        case (.array(let schema), .repeated(let type)): compare(schema, type, path: path)
        case (.map(let schema), .map(let type)): compare(schema, type, path: path)
        default: Issue.record("\(path): \(schema) and \(type)")
        }
    }
}

extension ResourceDefinition {
    fileprivate var apiKind: [String] { [apiVersion, kind] }
}
