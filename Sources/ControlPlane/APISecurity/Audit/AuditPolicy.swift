import APIObjects
import JSONStream
import YAMLStream

/// What is logged (audit.k8s.io/v1 Policy): the first rule that matches a request decides. Levels beyond Metadata are
/// refused: bodies are not logged.
public struct AuditPolicy: Sendable {
    public struct Problem: Error, Sendable, CustomStringConvertible {
        public var description: String
    }

    struct Rule: Sendable {
        var isLogged: Bool
        var users: [String] = []
        var groups: [String] = []
        var verbs: [String] = []
        var resources: [Resources] = []
        var namespaces: [String] = []
        var paths: [String] = []
        var omitted: Set<AuditEvent.Stage> = []
    }

    struct Resources: Sendable {
        var group: String
        var resources: [String]
        var names: [String]
    }

    let rules: [Rule]
    let omitted: Set<AuditEvent.Stage>

    /// Everything, once it is answered.
    public static let metadata = AuditPolicy(rules: [Rule(isLogged: true)], omitted: [.requestReceived])

    private init(rules: [Rule], omitted: Set<AuditEvent.Stage>) {
        self.rules = rules
        self.omitted = omitted
    }

    /// - Parameter bytes: YAML or JSON.
    public init(parsing bytes: [UInt8]) throws(Problem) {
        let policy: JSONValue
        do {
            policy = try YAMLDocument(parsing: bytes).value
        } catch {
            throw Problem(description: "cannot be read: \(error)")
        }
        guard policy.text("kind") == "Policy", policy.text("apiVersion") == "audit.k8s.io/v1" else {
            throw Problem(description: "is no Policy of audit.k8s.io/v1")
        }
        let known: Set = ["kind", "apiVersion", "metadata", "omitStages", "omitManagedFields", "rules"]
        if let other = policy.objectValue?.keys.first(where: { !known.contains($0) }) {
            throw Problem(description: "unknown field \"\(other)\"")
        }
        omitted = try Self.stages(policy.strings("omitStages"), "omitStages")
        var rules: [Rule] = []
        for (index, rule) in policy.items("rules").enumerated() { rules.append(try Self.rule(rule, "rules[\(index)]")) }
        guard !rules.isEmpty else { throw Problem(description: "has no rules: nothing would be logged") }
        self.rules = rules
    }

    private static func rule(_ json: JSONValue, _ place: String) throws(Problem) -> Rule {
        let known: Set = [
            "level", "users", "userGroups", "verbs", "resources", "namespaces", "nonResourceURLs", "omitStages",
            "omitManagedFields",
        ]
        if let other = json.objectValue?.keys.first(where: { !known.contains($0) }) {
            throw Problem(description: "\(place): unknown field \"\(other)\"")
        }
        let level = json.text("level")
        switch level {
        case "None", "Metadata": break
        case "Request", "RequestResponse":
            throw Problem(description: "\(place).level: \(level) is not supported; use Metadata or None")
        default: throw Problem(description: "\(place).level: \"\(level)\" is unknown; use Metadata or None")
        }
        return Rule(
            isLogged: level == "Metadata", users: json.strings("users"), groups: json.strings("userGroups"),
            verbs: json.strings("verbs"),
            resources: json.items("resources").map {
                Resources(
                    group: $0.text("group"), resources: $0.strings("resources"), names: $0.strings("resourceNames"))
            }, namespaces: json.strings("namespaces"), paths: json.strings("nonResourceURLs"),
            omitted: try stages(json.strings("omitStages"), "\(place).omitStages"))
    }

    private static func stages(_ names: [String], _ place: String) throws(Problem) -> Set<AuditEvent.Stage> {
        var stages: Set<AuditEvent.Stage> = []
        for name in names {
            guard let stage = AuditEvent.Stage(rawValue: name) else {
                throw Problem(description: "\(place): \"\(name)\" is no stage")
            }
            stages.insert(stage)
        }
        return stages
    }

    /// The stages that are logged of a request.
    package func stages(_ attributes: RequestAttributes, _ user: UserInfo) -> Set<AuditEvent.Stage> {
        guard let rule = rules.first(where: { $0.matches(attributes, user) }), rule.isLogged else { return [] }
        return Set(AuditEvent.Stage.allCases).subtracting(omitted).subtracting(rule.omitted)
    }
}

extension AuditPolicy.Rule {
    func matches(_ attributes: RequestAttributes, _ user: UserInfo) -> Bool {
        guard users.isEmpty || users.contains(user.name) else { return false }
        guard groups.isEmpty || groups.contains(where: user.groups.contains) else { return false }
        guard verbs.isEmpty || verbs.contains(attributes.verb) else { return false }
        guard !namespaces.isEmpty || !resources.isEmpty || !paths.isEmpty else { return true }
        guard attributes.isResource else {
            return paths.contains { PolicyRule.matches($0, path: attributes.path) }
        }
        guard !namespaces.isEmpty || !resources.isEmpty else { return false }
        guard namespaces.isEmpty || namespaces.contains(attributes.namespace) else { return false }
        return resources.isEmpty || resources.contains { $0.matches(attributes) }
    }
}

extension AuditPolicy.Resources {
    fileprivate func matches(_ attributes: RequestAttributes) -> Bool {
        guard group == attributes.group else { return false }
        guard !resources.isEmpty else { return true }
        return (names.isEmpty || names.contains(attributes.name))
            && resources.contains { name in
                name == attributes.combinedResource || name == "*"
                    || (name.hasPrefix("*/") && name.dropFirst(2) == attributes.subresource)
                    || (name.hasSuffix("/*") && name.dropLast(2) == attributes.resource)
            }
    }
}
