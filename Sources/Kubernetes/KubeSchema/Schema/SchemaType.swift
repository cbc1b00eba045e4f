/// What may stand in a field.
public indirect enum SchemaType: Sendable {
    case string
    case bool
    case int32
    case int64
    case double
    /// Text of base64.
    case bytes
    case quantity
    case intOrString
    /// RFC 3339, to the second.
    case time
    /// RFC 3339, to the microsecond.
    case microTime
    /// Kept as it is.
    case any
    /// A list of strings that protobuf has in a message of its own (authentication/v1 ExtraValue).
    case stringList
    /// An object, or what else may stand in its place.
    case either(Alternative, StructSchema)
    case object(StructSchema)
    case map(SchemaType)
    case array(SchemaType)

    /// What stands in an object's place (apiextensions/v1 JSONSchemaPropsOrBool and its kin).
    public enum Alternative: Sendable {
        case bool
        /// A list of such objects.
        case list
        case strings
    }
}

/// How the items of a list belong together (x-kubernetes-list-type).
public enum ListKind: Hashable, Sendable {
    case atomic
    case set
    case map([String])
}
