import JSONStream
package import KubeSchema

/// The rules of paths in API fields.
package enum PathValidation {
    /// Relative and without `..`.
    package static func local(_ text: String, _ path: FieldPath) -> [FieldError] {
        (text.hasPrefix("/") ? [.invalid(path, .string(text), "must be a relative path")] : [])
            + noBacksteps(text, path)
    }

    /// The same, and not beginning with two dots.
    package static func localNotReserved(_ text: String, _ path: FieldPath) -> [FieldError] {
        let isReserved = text.hasPrefix("..") && !text.hasPrefix("../")
        return local(text, path) + (isReserved ? [.invalid(path, .string(text), "must not start with '..'")] : [])
    }

    package static func noBacksteps(_ text: String, _ path: FieldPath) -> [FieldError] {
        text.split(separator: "/", omittingEmptySubsequences: false).contains("..")
            ? [.invalid(path, .string(text), "must not contain '..'")] : []
    }
}
