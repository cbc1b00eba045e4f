import JSONStream
import KubeSchema

extension BodyDecoder {
    /// A protobuf body as the same object's JSON would be.
    func protobuf(_ bytes: [UInt8]) throws -> JSONValue {
        guard definition.hasProtobuf else { throw Self.unsupportedMediaType }
        let envelope: ProtobufEnvelope
        do {
            envelope = try ProtobufEnvelope(bytes)
        } catch {
            throw StatusError.badRequest(
                "the object provided is unrecognized (must be of type \(definition.kind)): \(error) "
                    + "(\(Self.summary(bytes)))")
        }
        // Before the message, whose field numbers depend on the kind.
        try checkKind(envelope.typeMeta)
        do {
            return try envelope.object(as: definition.schema.message)
        } catch {
            throw cannotHandle(definition.kind, definition.version, "\(error)")
        }
    }

    private static func summary(_ bytes: [UInt8]) -> String {
        let shown = 30
        let hex = bytes.prefix(shown).map { ($0 < 0x10 ? "0" : "") + String($0, radix: 16) }.joined()
        return bytes.isEmpty ? "<empty>" : bytes.count > shown ? "\(hex) ..." : hex
    }
}
