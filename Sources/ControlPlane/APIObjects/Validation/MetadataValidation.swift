package import JSONStream
package import KubeSchema

/// The rules of metadata that hold for every kind.
package enum MetadataValidation {
    static let path = FieldPath("metadata")
    private static let annotationLimit = 256 << 10

    /// What a kind that has rules of its own for metadata says of an object.
    package static func validate(_ object: JSONValue, _ strategy: any ResourceStrategy) -> [FieldError] {
        name(object, strategy.validateName) + common(object)
            + (strategy.metadataRules.allowsAnyFinalizer ? [] : finalizerPrefixes(object))
    }

    private static func name(_ object: JSONValue, _ rule: (String) -> [String]) -> [FieldError] {
        let metadata = object["metadata"] ?? [:]
        var errors: [FieldError] = []
        let generateName = metadata.text("generateName")
        if !generateName.isEmpty {
            // The suffix is letters and digits, so a trailing hyphen is well.
            var tried = generateName
            if tried.hasSuffix("-") { tried = tried.dropLast() + "a" }
            errors += rule(tried).map { .invalid(path.child("generateName"), .string(generateName), $0) }
        }
        let name = metadata.text("name")
        if name.isEmpty {
            errors.append(.required(path.child("name"), "name or generateName is required"))
        } else {
            errors += rule(name).map { .invalid(path.child("name"), .string(name), $0) }
        }
        return errors
    }

    /// What is told of every object, whether or not its kind has rules for metadata: any name will do that can be a
    /// part of a path.
    static func validateAny(_ object: JSONValue) -> [FieldError] { name(object, Names.pathSegment) + common(object) }

    private static func common(_ object: JSONValue) -> [FieldError] {
        let metadata = object["metadata"] ?? [:]
        var errors: [FieldError] = []
        if let generation = metadata["generation"]?.integerValue, generation < 0 {
            errors.append(
                .invalid(path.child("generation"), .integer(generation), "must be greater than or equal to 0"))
        }
        return errors + marks(metadata) + finalizers(metadata["finalizers"], path.child("finalizers"))
    }

    private static func marks(_ metadata: JSONValue) -> [FieldError] {
        labels(metadata["labels"], path.child("labels"))
            + annotations(metadata["annotations"], path.child("annotations"))
            + owners(metadata["ownerReferences"], path.child("ownerReferences"))
    }

    package static func labels(_ labels: JSONValue?, _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        for (key, value) in sorted(labels) {
            errors += Names.qualifiedName(key).map { .invalid(path, .string(key), $0) }
            let text = value.stringValue ?? ""
            errors += Names.labelValue(text).map { .invalid(path, .string(text), $0) }
        }
        return errors
    }

    package static func annotations(_ annotations: JSONValue?, _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        var size = 0
        for (key, value) in sorted(annotations) {
            errors += Names.qualifiedName(key.lowercased()).map { .invalid(path, .string(key), $0) }
            size += key.utf8.count + (value.stringValue?.utf8.count ?? 0)
        }
        if size > annotationLimit { errors.append(.tooLong(path, most: annotationLimit)) }
        return errors
    }

    private static func owners(_ owners: JSONValue?, _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        var controller: String?
        for owner in owners?.arrayValue ?? [] {
            errors += self.owner(owner, path)
            guard owner["controller"]?.boolValue == true else { continue }
            let name = "\(owner.text("kind"))/\(owner.text("name"))"
            if let controller {
                errors.append(
                    .invalid(
                        path, owners ?? .null,
                        "Only one reference can have Controller set to true. Found \"true\" in references for "
                            + "\(controller) and \(name)"))
            } else {
                controller = name
            }
        }
        return errors
    }

    private static func owner(_ owner: JSONValue, _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        let version = owner.text("apiVersion")
        // GROUP/VERSION or VERSION; what is neither has no version.
        if version.isEmpty || version.split(separator: "/", omittingEmptySubsequences: false).count > 2
            || version.hasSuffix("/")
        {
            errors.append(.invalid(path.child("apiVersion"), .string(version), "version must not be empty"))
        }
        for field in ["kind", "name", "uid"] where owner.text(field).isEmpty {
            errors.append(.invalid(path.child(field), .string(""), "must not be empty"))
        }
        if version == "v1", owner.text("kind") == "Event" {
            errors.append(.invalid(path, owner, "/v1, Kind=Event is disallowed from being an owner"))
        }
        return errors
    }

    private static func finalizers(_ finalizers: JSONValue?, _ path: FieldPath) -> [FieldError] {
        let names = (finalizers?.arrayValue ?? []).map { $0.stringValue ?? "" }
        let errors = names.flatMap { finalizerForm($0, path) }
        guard names.contains("orphan"), names.contains("foregroundDeletion") else { return errors }
        return errors + [
            .invalid(path, finalizers ?? .null, "finalizer orphan and foregroundDeletion cannot be both set")
        ]
    }

    private static func finalizerPrefixes(_ object: JSONValue) -> [FieldError] {
        (object["metadata"]?.items("finalizers") ?? []).enumerated().flatMap {
            finalizerPrefix($1.stringValue ?? "", path.child("finalizers").index($0))
        }
    }

    package static func finalizerForm(_ name: String, _ path: FieldPath) -> [FieldError] {
        Names.qualifiedName(name).map { .invalid(path, .string(name), $0) }
    }

    /// Only the standard finalizers may be without a domain.
    package static func finalizerPrefix(_ name: String, _ path: FieldPath) -> [FieldError] {
        guard !name.contains("/"), !["orphan", "foregroundDeletion", "kubernetes"].contains(name) else { return [] }
        let problem = "name is neither a standard finalizer name nor is it fully qualified"
        return [.invalid(path, .string(name), problem)]
    }

    /// What a kind that has rules of its own for metadata says of a change.
    static func validateUpdate(_ new: JSONValue, old: JSONValue, anyFinalizer: Bool = false) -> [FieldError] {
        validateAnyUpdate(new, old: old) + (anyFinalizer ? [] : finalizerPrefixes(new))
    }

    /// What is told of every change.
    static func validateAnyUpdate(_ new: JSONValue, old: JSONValue) -> [FieldError] {
        let after = new["metadata"] ?? [:]
        let before = old["metadata"] ?? [:]
        var errors: [FieldError] = []
        if before["deletionTimestamp"] != nil {
            let known = Set(before["finalizers"]?.arrayValue ?? [])
            let added = (after["finalizers"]?.arrayValue ?? []).filter { !known.contains($0) }
            if !added.isEmpty {
                let list = added.map { "\"\($0.stringValue ?? "")\"" }.joined(separator: ", ")
                errors.append(
                    .forbidden(
                        path.child("finalizers"),
                        "no new finalizers can be added if the object is being deleted, found new finalizers "
                            + "[]string{\(list)}"))
            }
        }
        for field in [
            "name", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds",
        ]
        where (after[field] ?? .null) != (before[field] ?? .null) {
            errors.append(.invalid(path.child(field), after[field] ?? .string(""), "field is immutable"))
        }
        return errors + marks(after)
    }

    private static func sorted(_ map: JSONValue?) -> [(key: String, value: JSONValue)] {
        guard case .object(let members)? = map else { return [] }
        return members.sorted { $0.key < $1.key }
    }
}

extension JSONValue {
    /// A member's text, empty if there is none, as a Go string field reads.
    package func text(_ name: String) -> String { self[name]?.stringValue ?? "" }

    package func number(_ name: String) -> Int64 { self[name]?.integerValue ?? 0 }

    /// A member's items, none if it is missing.
    package func items(_ name: String) -> [JSONValue] { self[name]?.arrayValue ?? [] }

    package func strings(_ name: String) -> [String] { items(name).compactMap(\.stringValue) }
}
