import APIObjects
import JSONStream
import KubeAPI
import KubeSchema

/// The rules of environment variables and of the fields that they can show.
enum EnvironmentValidation {
    private static let fields: Set<String> = [
        "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName",
        "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs",
    ]
    private static let volumeFields: Set<String> = [
        "metadata.name", "metadata.namespace", "metadata.labels", "metadata.annotations", "metadata.uid",
    ]
    private static let resources = [
        "limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage",
        "requests.memory",
    ]
    private static let units = ["1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"]

    static func variables(
        _ variables: [JSONValue], _ path: FieldPath, _ volumes: [String: JSONValue]
    ) -> [FieldError] {
        var errors: [FieldError] = []
        for (index, variable) in variables.enumerated() {
            let item = path.index(index)
            let name = variable.text("name")
            errors +=
                name.isEmpty
                ? [.required(item.child("name"))]
                : FieldError.named(name, item.child("name"), by: Names.environmentVariable)
            errors += source(variable, item.child("valueFrom"), volumes)
        }
        return errors
    }

    private static func source(
        _ variable: JSONValue, _ path: FieldPath, _ volumes: [String: JSONValue]
    ) -> [FieldError] {
        guard let source = variable["valueFrom"], !source.isNull else { return [] }
        var errors: [FieldError] = []
        if let field = present(source, "fieldRef") {
            errors += self.field(field, isVolume: false, path.child("fieldRef"))
        }
        if let resource = present(source, "resourceFieldRef") {
            errors += self.resource(resource, isVolume: false, path.child("resourceFieldRef"))
        }
        for name in ["configMapKeyRef", "secretKeyRef"] {
            if let key = present(source, name) { errors += self.key(key, path.child(name)) }
        }
        if let file = present(source, "fileKeyRef") { errors += self.file(file, path.child("fileKeyRef"), volumes) }
        let names = ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"]
        let count = names.filter { source.has($0) }.count
        if count == 0 {
            errors.append(
                .invalid(
                    path, "",
                    "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or "
                        + "`fileKeyRef`"))
        } else if !variable.text("value").isEmpty {
            errors.append(.invalid(path, "", "may not be specified when `value` is not empty"))
        } else if count > 1 {
            errors.append(.invalid(path, "", "may not have more than one field specified at a time"))
        }
        return errors
    }

    private static func present(_ object: JSONValue, _ name: String) -> JSONValue? {
        object.has(name) ? object[name] : nil
    }

    private static func key(_ key: JSONValue, _ path: FieldPath) -> [FieldError] {
        let text = key.text("key")
        return FieldError.named(key.text("name"), path.child("name"), by: Names.dnsSubdomain)
            + (text.isEmpty
                ? [.required(path.child("key"))] : FieldError.named(text, path.child("key"), by: Names.dataKey))
    }

    private static func file(_ file: JSONValue, _ path: FieldPath, _ volumes: [String: JSONValue]) -> [FieldError] {
        var errors: [FieldError] = []
        let name = file.text("volumeName")
        if name.isEmpty {
            errors.append(.required(path.child("volumeName")))
        } else if volumes[name] == nil {
            errors.append(.notFound(path.child("volumeName"), .string(name)))
        } else if volumes[name]?.has("emptyDir") != true {
            errors.append(
                .invalid(path.child("volumeName"), .string(name), "must be an emptyDir volume"))
        }
        for field in ["path", "key"] where file.text(field).isEmpty { errors.append(.required(path.child(field))) }
        return errors + PathValidation.localNotReserved(file.text("path"), path.child("path"))
    }

    static func field(_ field: JSONValue, isVolume: Bool, _ path: FieldPath) -> [FieldError] {
        guard !field.text("apiVersion").isEmpty else { return [.required(path.child("apiVersion"))] }
        let text = field.text("fieldPath")
        guard !text.isEmpty else { return [.required(path.child("fieldPath"))] }
        if text.hasSuffix("']"), let start = text.firstRange(of: "['") {
            let subscripted = String(text[..<start.lowerBound])
            let key = String(text[start.upperBound...].dropLast(2))
            switch subscripted {
            case "metadata.annotations": return FieldError.named(key.lowercased(), path, by: Names.qualifiedName)
            case "metadata.labels": return FieldError.named(key, path, by: Names.qualifiedName)
            default: break
            }
        }
        let known = fields.union(volumeFields).union(["spec.restartPolicy", "spec.schedulerName", "status.phase"])
        guard known.contains(text) else {
            return [
                .invalid(
                    path.child("fieldPath"), .string(text),
                    "error converting fieldPath: field label not supported: \(text)")
            ]
        }
        let supported = isVolume ? volumeFields : fields
        return supported.contains(text)
            ? [] : [.notSupported(path.child("fieldPath"), .string(text), supported.sorted())]
    }

    static func resource(_ field: JSONValue, isVolume: Bool, _ path: FieldPath) -> [FieldError] {
        let resource = field.text("resource")
        let isHugePages = resource.hasPrefix("limits.hugepages-") || resource.hasPrefix("requests.hugepages-")
        var errors: [FieldError] = []
        if isVolume, field.text("containerName").isEmpty {
            errors.append(.required(path.child("containerName")))
        } else if resource.isEmpty {
            errors.append(.required(path.child("resource")))
        } else if !resources.contains(resource), !isHugePages {
            errors.append(.notSupported(path.child("resource"), .string(resource), resources))
        }
        let divisor = field.text("divisor")
        guard Quantity.value(divisor) ?? 0 != 0 else { return errors }
        let isCPU = resource.hasSuffix(".cpu")
        let allowed = isCPU ? ["1m", "1"] : units
        if resources.contains(resource) || isHugePages, !allowed.contains(divisor) {
            let kind =
                isHugePages
                ? "hugepages" : isCPU ? "cpu" : resource.hasSuffix("memory") ? "memory" : "local ephemeral storage"
            errors.append(
                .invalid(
                    path.child("divisor"), .string(resource),
                    "only divisor's values \(isCPU ? "1m and 1" : units.joined(separator: ", ")) are supported with "
                        + "the \(kind) resource"))
        }
        return errors
    }

    static func sources(_ sources: [JSONValue], _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        for (index, source) in sources.enumerated() {
            let item = path.index(index)
            let prefix = source.text("prefix")
            if !prefix.isEmpty {
                errors += FieldError.named(prefix, item.child("prefix"), by: Names.environmentVariable)
            }
            let names = ["configMapRef", "secretRef"].filter { source.has($0) }
            for name in names {
                let text = source[name]?.text("name") ?? ""
                let field = item.child(name).child("name")
                errors += text.isEmpty ? [.required(field)] : FieldError.named(text, field, by: Names.dnsSubdomain)
            }
            if names.isEmpty {
                errors.append(.invalid(path, "", "must specify one of: `configMapRef` or `secretRef`"))
            } else if names.count > 1 {
                errors.append(.invalid(path, "", "may not have more than one field specified at a time"))
            }
        }
        return errors
    }
}
