public import JSONStream

extension ProtobufEnvelope {
    /// An object, a list or a Status as the API sends it; nil for a kind without a table.
    public static func encode(_ object: JSONValue) -> [UInt8]? {
        let apiVersion = object["apiVersion"]?.stringValue ?? ""
        let kind = object["kind"]?.stringValue ?? ""
        guard let message = KubeSchema.message(apiVersion: apiVersion, kind: kind) else { return nil }
        let typeMeta: JSONValue = ["apiVersion": .string(apiVersion), "kind": .string(kind)]
        var output = magic
        ProtobufMessageEncoder.write(ProtobufMessageEncoder.encode(typeMeta, as: .unknownTypeMeta), 1, to: &output)
        ProtobufMessageEncoder.write(ProtobufMessageEncoder.encode(object, as: message), 2, to: &output)
        // Go writes these though they are empty.
        ProtobufMessageEncoder.write([], 3, to: &output)
        ProtobufMessageEncoder.write([], 4, to: &output)
        return output
    }

    /// A frame of a watch: four bytes of length, big-endian, and a meta/v1 WatchEvent around an enveloped object.
    public static func frame(_ type: String, _ object: JSONValue) -> [UInt8]? {
        guard let enveloped = encode(object) else { return nil }
        var raw: [UInt8] = []
        ProtobufMessageEncoder.write(enveloped, 1, to: &raw)
        var event: [UInt8] = []
        ProtobufMessageEncoder.write(Array(type.utf8), 1, to: &event)
        ProtobufMessageEncoder.write(raw, 2, to: &event)
        guard let length = UInt32(exactly: event.count) else { return nil }
        return stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: length >> UInt32($0)) } + event
    }
}
