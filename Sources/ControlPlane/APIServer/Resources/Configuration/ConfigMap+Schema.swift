/// Fields and protobuf numbers are those of core/v1.
extension StructSchema {
    static let configMap = root(
        "ConfigMap", "Settings for pods.",
        [
            Field(4, "immutable", .bool, .pointer, "Whether the data can no longer be changed."),
            Field(2, "data", .map(.string), "The data."),
            Field(3, "binaryData", .map(.bytes), "Data that is not text, in base64."),
        ])

    static let secret = root(
        "Secret", "Confidential data.",
        [
            Field(5, "immutable", .bool, .pointer, "Whether the data can no longer be changed."),
            Field(2, "data", .map(.bytes), "The data."),
            Field(4, "stringData", .map(.string), "Data as text, which is merged into data."),
            Field(3, "type", .string, "What the data is for; Opaque if left out."),
        ])
}
