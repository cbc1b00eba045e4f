package import APIObjects
import APIResources
import JSONStream
import Synchronization

/// Roles and bindings, laid out so that a request looks only at the bindings of its own user and groups. Kept up to date
/// by the watch cache, one change at a time.
package final class RBACIndex: Sendable {
    /// The rules of a role; a ClusterRole has no namespace.
    struct Name: Hashable, Sendable {
        var namespace: String
        var name: String
    }

    enum Subject: Hashable, Sendable {
        case user(String)
        case group(String)
    }

    /// A role given to one subject by one binding.
    struct Grant: Hashable, Sendable {
        var binding: String
        /// Empty for a ClusterRoleBinding.
        var namespace: String
        var role: Name
        /// What decisions say of it.
        var description: String
    }

    private struct Scope: Hashable {
        var namespace: String
        var subject: Subject
    }

    private struct State {
        var roles: [Name: [PolicyRule]] = [:]
        var grants: [Scope: [Grant]] = [:]
        /// Whom each binding names, to take it out again.
        var subjects: [Name: [Subject]] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    // MARK: Asking

    func authorize(_ request: RequestAttributes, _ user: UserInfo) -> AuthorizationDecision {
        var problems: [String] = []
        let allowing = state.withLock { state -> Grant? in
            Self.firstGrant(user, request.namespace, state) { grant in
                guard let rules = state.roles[grant.role] else {
                    problems.append(Self.missing(grant.role))
                    return false
                }
                return rules.contains { $0.allows(request) }
            }
        }
        if let allowing { return .allowed("RBAC: allowed by \(allowing.description)") }
        return .denied(problems.isEmpty ? "" : "RBAC: \(Self.aggregate(problems))")
    }

    /// All rules that hold for a user in a namespace (empty: in the whole cluster), and what kept others from being found.
    func rules(_ user: UserInfo, namespace: String) -> (rules: [PolicyRule], problems: [String]) {
        var problems: [String] = []
        let rules = state.withLock { state -> [PolicyRule] in
            var found: [PolicyRule] = []
            _ = Self.firstGrant(user, namespace, state) { grant in
                if let rules = state.roles[grant.role] {
                    found += rules
                } else {
                    problems.append(Self.missing(grant.role))
                }
                return false
            }
            return found
        }
        return (rules, problems)
    }

    /// Nil if there is no such role.
    func rules(of role: Name) -> [PolicyRule]? { state.withLock { $0.roles[role] } }

    private static func firstGrant(
        _ user: UserInfo, _ namespace: String, _ state: State, where isWanted: (Grant) -> Bool
    ) -> Grant? {
        for scope in namespace.isEmpty ? [""] : ["", namespace] {
            if let found = state.grants[Scope(namespace: scope, subject: .user(user.name))]?.first(where: isWanted) {
                return found
            }
            for group in user.groups {
                if let found = state.grants[Scope(namespace: scope, subject: .group(group))]?.first(where: isWanted) {
                    return found
                }
            }
        }
        return nil
    }

    private static func missing(_ role: Name) -> String {
        let kind = role.namespace.isEmpty ? "clusterrole" : "role"
        return "\(kind).rbac.authorization.k8s.io \"\(role.name)\" not found"
    }

    /// As Go's aggregates of errors read.
    package static func aggregate(_ problems: [String]) -> String {
        var seen: Set<String> = []
        let distinct = problems.filter { seen.insert($0).inserted }
        return distinct.count == 1 ? distinct[0] : "[\(distinct.joined(separator: ", "))]"
    }

    // MARK: Keeping up

    /// Begins to follow the cache; to be called before it is loaded.
    package func follow(_ cache: some ObjectSource) {
        for role in [ResourceDefinition.roles, .clusterRoles] {
            cache.observe(role) { [self] event in changeRole(event) }
        }
        for binding in [ResourceDefinition.roleBindings, .clusterRoleBindings] {
            cache.observe(binding) { [self] event in changeBinding(event) }
        }
    }

    func changeRole(_ event: ObjectEvent) {
        guard let object = try? event.object.decoded() else { return }
        let name = Self.name(of: object)
        let rules = event.kind == .deleted ? nil : object.items("rules").map { PolicyRule($0) }
        state.withLock { $0.roles[name] = rules }
    }

    func changeBinding(_ event: ObjectEvent) {
        guard let object = try? event.object.decoded() else { return }
        let name = Self.name(of: object)
        let grants = event.kind == .deleted ? [] : Self.grants(object, name)
        state.withLock { state in
            for subject in state.subjects.removeValue(forKey: name) ?? [] {
                let scope = Scope(namespace: name.namespace, subject: subject)
                let rest = state.grants[scope]?.filter { $0.binding != name.name } ?? []
                state.grants[scope] = rest.isEmpty ? nil : rest
            }
            guard !grants.isEmpty else { return }
            state.subjects[name] = grants.map(\.subject)
            for (subject, grant) in grants {
                state.grants[Scope(namespace: name.namespace, subject: subject), default: []].append(grant)
            }
        }
    }

    private static func name(of object: JSONValue) -> Name {
        Name(
            namespace: object["metadata"]?.text("namespace") ?? "", name: object["metadata"]?.text("name") ?? "")
    }

    private static func grants(_ binding: JSONValue, _ name: Name) -> [(subject: Subject, grant: Grant)] {
        let reference = binding["roleRef"] ?? [:]
        let kind = reference.text("kind")
        let role = Name(
            namespace: kind == "ClusterRole" ? "" : name.namespace, name: reference.text("name"))
        let isCluster = name.namespace.isEmpty
        let shown = isCluster ? name.name : "\(name.name)/\(name.namespace)"
        return binding.items("subjects").compactMap { entry in
            let subject: Subject
            let text: String
            switch entry.text("kind") {
            case "User": (subject, text) = (.user(entry.text("name")), entry.text("name"))
            case "Group": (subject, text) = (.group(entry.text("name")), entry.text("name"))
            case "ServiceAccount":
                let own = entry.text("namespace")
                let namespace = own.isEmpty ? name.namespace : own
                guard !namespace.isEmpty else { return nil }
                subject = .user("\(UserInfo.serviceAccountPrefix)\(namespace):\(entry.text("name"))")
                text = "\(entry.text("name"))/\(namespace)"
            default: return nil
            }
            let description =
                "\(isCluster ? "ClusterRoleBinding" : "RoleBinding") \"\(shown)\" of \(kind) \"\(role.name)\" to "
                + "\(entry.text("kind")) \"\(text)\""
            return (subject, Grant(binding: name.name, namespace: name.namespace, role: role, description: description))
        }
    }
}
