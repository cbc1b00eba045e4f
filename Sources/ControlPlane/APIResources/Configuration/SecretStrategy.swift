package import APIObjects
import JSONStream
import KubeAPI
import KubeSchema

extension ResourceDefinition {
    package static let secrets = ResourceDefinition(
        "secrets", strategy: SecretStrategy())
}

struct SecretStrategy: ResourceStrategy {
    /// What a type of Secret cannot do without.
    private static let needed: [String: [String]] = [
        "kubernetes.io/dockercfg": [".dockercfg"], "kubernetes.io/dockerconfigjson": [".dockerconfigjson"],
        "kubernetes.io/ssh-auth": ["ssh-privatekey"], "kubernetes.io/tls": ["tls.crt", "tls.key"],
    ]
    private static let account = "kubernetes.io/service-account.name"

    func applyDefaults(_ object: inout JSONValue) {
        object.setDefault("type", "Opaque")
        guard let texts = object["stringData"]?.objectValue else { return }
        object["stringData"] = nil
        object.editOrMake("data") { data in
            for (key, text) in texts { data[key] = .string(Base64.encode((text.stringValue ?? "").utf8)) }
        }
    }

    func validateCreate(_ object: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        let path = FieldPath("data")
        var errors: [FieldError] = []
        var size = 0
        for (key, value) in object.sortedMembers("data") {
            errors += FieldError.named(key, path.key(key), by: Names.dataKey)
            size += Base64.decode(value.stringValue ?? "")?.count ?? 0
        }
        if size > ConfigMapStrategy.mostBytes { errors.append(.tooLong(path, most: ConfigMapStrategy.mostBytes)) }
        return errors + typed(object, object["data"] ?? [:], path)
    }

    private func typed(_ object: JSONValue, _ data: JSONValue, _ path: FieldPath) -> [FieldError] {
        let type = object.text("type")
        switch type {
        case "kubernetes.io/service-account-token":
            let name = object["metadata"]?["annotations"]?.text(Self.account) ?? ""
            return name.isEmpty ? [.required(FieldPath("metadata.annotations").key(Self.account))] : []
        case "kubernetes.io/basic-auth":
            let keys = ["username", "password"]
            return keys.contains { data[$0] != nil } ? [] : keys.map { .required(path.key($0)) }
        default:
            return (Self.needed[type] ?? []).flatMap { key -> [FieldError] in
                guard let text = data[key]?.stringValue, !(text.isEmpty && type.hasSuffix("ssh-auth")) else {
                    return [.required(path.key(key))]
                }
                guard key.hasPrefix(".docker") else { return [] }
                let json = try? JSONValue(parsing: Base64.decode(text) ?? [])
                return json?.objectValue == nil
                    ? [.invalid(path.key(key), "<secret contents redacted>", "must be a JSON object")] : []
            }
        }
    }

    func validateUpdate(_ object: JSONValue, old: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        let type: [FieldError] =
            object.text("type") == old.text("type")
            ? [] : [.invalid(FieldPath("type"), object["type"] ?? "", FieldError.immutable)]
        return type + ConfigMapStrategy.fixed(object, old, ["data"]) + validateCreate(object, context)
    }

    var selectableFields: [String] { ["type"] }

    func selectableField(_ label: String, of object: JSONValue) -> String? { object.text("type") }

    var table: TableDefinition { .secrets }
}
