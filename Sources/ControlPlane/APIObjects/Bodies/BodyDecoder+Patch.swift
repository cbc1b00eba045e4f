package import JSONStream
import KubeSchema

extension BodyDecoder {
    /// The object that a patch made, in its schema's form with defaults filled in.
    ///
    /// What does not fit is the fault of the patch, which is why upstream answers 422 with `patch` as the field, where
    /// it answers 400 to a whole object of that kind.
    /// - Parameter problems: those of the patch's own text.
    package func patched(_ value: JSONValue, by patch: Patch, problems: [String] = []) throws -> Decoded {
        do {
            // A strategic merge is made on the kind's own type, whatever the result calls itself.
            if patch.isDecodedAgain { try checkKind(value) }
            return try structured(value, problems: problems)
        } catch let error as StatusError {
            throw StatusError.invalid(
                kind: "", group: "", name: "",
                [
                    .invalid(
                        FieldPath("patch"), .string(String(decoding: value.serialized(), as: UTF8.self)), error.message)
                ]
            )
        }
    }
}
