/// Messages from schemas whose fields have numbers.
extension ProtobufMessage {
    private static let written: [String: ProtobufMessage] = [
        "ObjectMeta": objectMeta, "Condition": condition, "ObjectReference": objectReference,
        "DeleteOptions": deleteOptions,
    ]

    /// Around the values of an entry of a map of lists (authentication/v1 ExtraValue).
    static let stringList = ProtobufMessage("ExtraValue", [ProtobufField(1, "items", .repeated(.string))])

    convenience init(_ schema: StructSchema) {
        var fields: [ProtobufField] = []
        for field in schema.fields where field.outerNumber == nil {
            guard let number = field.number else { continue }
            fields.append(ProtobufField(number, field.name, ProtobufType(field.type)))
        }
        let inlined = Dictionary(grouping: schema.fields.filter { $0.outerNumber != nil }) { $0.outerNumber ?? 0 }
        for (number, members) in inlined {
            let inner = members.compactMap { field in
                field.number.map { ProtobufField($0, field.name, ProtobufType(field.type)) }
            }
            fields.append(ProtobufField(number, "", .inlined(ProtobufMessage("", inner))))
        }
        self.init(schema.name, fields.sorted { $0.number < $1.number })
    }

    fileprivate static func of(_ schema: StructSchema) -> ProtobufMessage {
        written[schema.name] ?? ProtobufMessage(schema)
    }
}

extension ProtobufType {
    fileprivate init(_ type: SchemaType) {
        self =
            switch type {
            case .string: .string
            case .bool: .bool
            case .int32: .int32
            case .int64: .int64
            case .bytes: .bytes
            case .quantity: .quantity
            case .intOrString: .intOrString
            case .time: .time
            case .microTime: .microTime
            case .any: .rawJSON
            case .object(let schema): .message(.of(schema))
            case .map(.array(.string)): .map(.stringList)
            case .map(let element): .map(ProtobufType(element))
            case .array(let element): .repeated(ProtobufType(element))
            }
    }
}
