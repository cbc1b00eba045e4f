/// Fields and protobuf numbers are those of core/v1.
extension StructSchema {
    static let binding = root(
        "Binding", "Puts a pod on a node.",
        [
            Field(2, "target", .object(objectReference), .always, required: true, atomic: true, "Where it should go.")
        ])
}
