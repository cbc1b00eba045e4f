/// The type of a field's values.
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
    /// Any value, kept as it is.
    case any
    /// A list of strings that has its own message in protobuf (authentication/v1 ExtraValue).
    case stringList
    /// An object, or an alternative to it.
    case either(Alternative, StructSchema)
    case object(StructSchema)
    case map(SchemaType)
    case array(SchemaType)

    /// An alternative to an object (apiextensions/v1 JSONSchemaPropsOrBool and similar types).
    public enum Alternative: Sendable {
        case bool
        /// A list of such objects.
        case list
        case strings
    }
}

/// How the items of a list merge (x-kubernetes-list-type).
public enum ListKind: Hashable, Sendable {
    case atomic
    case set
    case map([String])
}
