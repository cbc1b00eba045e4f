package import APIObjects
import APIPods
import JSONStream
import KubeAPI
import KubeSchema

extension ResourceDefinition {
    package static let configMaps = ResourceDefinition(
        "configmaps", strategy: ConfigMapStrategy())
}

struct ConfigMapStrategy: ResourceStrategy {
    /// Bytes in one ConfigMap or Secret.
    static let mostBytes = 1 << 20

    func validateCreate(_ object: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        var errors: [FieldError] = []
        var size = 0
        for (key, value) in object.sortedMembers("data") {
            let path = FieldPath("data").key(key)
            errors += FieldError.named(key, path, by: Names.dataKey)
            if object["binaryData"]?[key] != nil {
                errors.append(.invalid(path, .string(key), "duplicate of key present in binaryData"))
            }
            size += value.stringValue?.utf8.count ?? 0
        }
        for (key, value) in object.sortedMembers("binaryData") {
            errors += FieldError.named(key, FieldPath("binaryData").key(key), by: Names.dataKey)
            size += Base64.decode(value.stringValue ?? "")?.count ?? 0
        }
        if size > Self.mostBytes { errors.append(.tooLong(FieldPath(""), most: Self.mostBytes)) }
        return errors
    }

    func validateUpdate(_ object: JSONValue, old: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        Self.fixed(object, old, ["data", "binaryData"]) + validateCreate(object, context)
    }

    /// Nothing changes of an object that was made immutable.
    static func fixed(_ object: JSONValue, _ old: JSONValue, _ fields: [String]) -> [FieldError] {
        guard old.flag("immutable") else { return [] }
        let problem = "field is immutable when `immutable` is set"
        let revoked: [FieldError] = object.flag("immutable") ? [] : [.forbidden(FieldPath("immutable"), problem)]
        return revoked
            + fields.filter { (object[$0] ?? .null).prunedOfEmpty != (old[$0] ?? .null).prunedOfEmpty }.map {
                .forbidden(FieldPath($0), problem)
            }
    }

    var table: TableDefinition { .configMaps }
}
