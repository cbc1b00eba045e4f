import ContainerRuntime
import JSONStream
import KubeAPI

/// The variables of a container. Pure.
struct EnvironmentBuilder: Sendable {
    let container: ContainerDefinition
    let namespace: String
    let fields: DownwardFields
    let objects: ReferencedObjects
    let services: [ContainerConfiguration.Variable]

    /// - Throws: ``StatusProblem`` that says which object or key is missing.
    func variables() throws(StatusProblem) -> [ContainerConfiguration.Variable] {
        var order: [String] = []
        var values: [String: String] = [:]
        func set(_ name: String, _ value: String) {
            if values.updateValue(value, forKey: name) == nil { order.append(name) }
        }
        for source in container.environmentSources { try addSource(source, set) }
        let ofServices = Dictionary(services.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        for variable in container.environment {
            let name = variable.text("name")
            if let source = variable["valueFrom"] {
                if let value = try value(source) { set(name, value) }
            } else {
                set(name, VariableExpansion.expand(variable.text("value")) { values[$0] ?? ofServices[$0] })
            }
        }
        // What the container says of its own counts before what Services would add.
        for service in services where values[service.name] == nil { set(service.name, service.value) }
        return order.map { ContainerConfiguration.Variable($0, values[$0] ?? "") }
    }

    private func addSource(_ source: JSONValue, _ set: (String, String) -> Void) throws(StatusProblem) {
        let prefix = source.text("prefix")
        for (kind, member) in [(ObjectReferences.Kind.configMap, "configMapRef"), (.secret, "secretRef")] {
            guard let reference = source[member] else { continue }
            guard let data = objects[kind, reference.text("name")] else {
                if reference.flag("optional") { continue }
                throw Self.missing(kind, reference.text("name"))
            }
            for key in data.values.keys.sorted() where !key.isEmpty && !key.contains("=") {
                set(prefix + key, data.text(key) ?? "")
            }
        }
    }

    /// Nil: an optional one that is not there.
    private func value(_ source: JSONValue) throws(StatusProblem) -> String? {
        if let field = source["fieldRef"] { return try fields.field(field.text("fieldPath")) }
        if let resource = source["resourceFieldRef"] { return try fields.resource(resource, of: container) }
        for (kind, member) in [(ObjectReferences.Kind.configMap, "configMapKeyRef"), (.secret, "secretKeyRef")] {
            guard let reference = source[member] else { continue }
            let (name, key) = (reference.text("name"), reference.text("key"))
            guard let data = objects[kind, name] else {
                if reference.flag("optional") { return nil }
                throw Self.missing(kind, name)
            }
            guard let text = data.text(key) else {
                if reference.flag("optional") { return nil }
                let word = kind == .configMap ? "ConfigMap" : "Secret"
                throw StatusProblem(
                    "CreateContainerConfigError", "couldn't find key \(key) in \(word) \(namespace)/\(name)")
            }
            return text
        }
        return nil
    }

    private static func missing(_ kind: ObjectReferences.Kind, _ name: String) -> StatusProblem {
        StatusProblem(
            "CreateContainerConfigError", "\(kind == .configMap ? "configmap" : "secret") \"\(name)\" not found")
    }
}
