/// The roles and bindings that every cluster has, with upstream's names and permissions.
struct DefaultRoles: Sendable {
    struct Role: Sendable {
        var name: String
        /// Empty for ClusterRoles.
        var namespace = ""
        var labels: [String: String] = [:]
        var rules: [PolicyRule] = []
        /// The label of the ClusterRoles whose rules are taken over.
        var aggregates: String?
    }

    struct Binding: Sendable {
        enum Subject: Hashable, Sendable {
            case user(String)
            case group(String)
            case serviceAccount(String)
        }

        var name: String
        var namespace = ""
        /// The role has the same name unless it says otherwise.
        var role: String
        var subjects: [Subject]
    }

    static let read = "get list watch"
    static let write = "create delete deletecollection patch update"

    static let roles = userRoles + systemRoles + controllerRoles + namespaceRoles
    static let bindings = systemBindings + controllerBindings + namespaceBindings

    /// Lists are separated by spaces; the core group is `core`.
    static func rule(
        _ verbs: String, _ resources: String, in groups: String = "core", names: String = ""
    ) -> PolicyRule {
        PolicyRule(
            verbs: list(verbs), apiGroups: list(groups).map { $0 == "core" ? "" : $0 }, resources: list(resources),
            resourceNames: list(names))
    }

    static func paths(_ paths: String, _ verbs: String = "get") -> PolicyRule {
        PolicyRule(verbs: list(verbs), nonResourceURLs: list(paths))
    }

    static let events = rule("create patch update", "events", in: "core events.k8s.io")

    static let everything = [rule("*", "*", in: "*"), paths("*", "*")]

    private static func list(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }

    private static let aggregation = "rbac.authorization.k8s.io/aggregate-to-"

    // MARK: For people

    private static let userRoles = [
        Role(name: "cluster-admin", rules: everything),
        Role(name: "admin", aggregates: aggregation + "admin"),
        Role(name: "edit", labels: [aggregation + "admin": "true"], aggregates: aggregation + "edit"),
        Role(name: "view", labels: [aggregation + "edit": "true"], aggregates: aggregation + "view"),
        Role(
            name: "system:aggregate-to-admin", labels: [aggregation + "admin": "true"],
            rules: [
                rule("create", "localsubjectaccessreviews", in: "authorization.k8s.io"),
                rule("\(read) \(write)", "roles rolebindings", in: ResourceDefinition.rbacGroup),
            ]),
        Role(
            name: "system:aggregate-to-edit", labels: [aggregation + "edit": "true"],
            rules: [
                rule(read, "pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy"),
                rule("impersonate", "serviceaccounts"),
                rule(write, "pods pods/attach pods/exec pods/portforward pods/proxy"),
                rule("create", "pods/eviction"),
                rule(
                    write,
                    "configmaps events persistentvolumeclaims replicationcontrollers replicationcontrollers/scale "
                        + "secrets serviceaccounts services services/proxy"),
                rule("create", "serviceaccounts/token"),
                rule(
                    write,
                    "daemonsets deployments deployments/rollback deployments/scale replicasets replicasets/scale "
                        + "statefulsets statefulsets/scale", in: "apps"),
                rule(write, "horizontalpodautoscalers", in: "autoscaling"),
                rule(write, "cronjobs jobs", in: "batch"),
                rule(
                    write,
                    "daemonsets deployments deployments/rollback deployments/scale ingresses networkpolicies "
                        + "replicasets replicasets/scale replicationcontrollers/scale", in: "extensions"),
                rule(write, "poddisruptionbudgets", in: "policy"),
                rule(write, "ingresses networkpolicies", in: "networking.k8s.io"),
                rule("\(read) \(write)", "leases", in: "coordination.k8s.io"),
            ]),
        Role(
            name: "system:aggregate-to-view", labels: [aggregation + "view": "true"],
            rules: [
                rule(
                    read,
                    "configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods "
                        + "replicationcontrollers replicationcontrollers/scale serviceaccounts services services/status"
                ),
                rule(
                    read,
                    "bindings events limitranges namespaces/status pods/log pods/status "
                        + "replicationcontrollers/status resourcequotas resourcequotas/status"),
                rule(read, "namespaces"),
                rule(read, "endpointslices", in: "discovery.k8s.io"),
                rule(
                    read,
                    "controllerrevisions daemonsets daemonsets/status deployments deployments/scale "
                        + "deployments/status replicasets replicasets/scale replicasets/status statefulsets "
                        + "statefulsets/scale statefulsets/status", in: "apps"),
                rule(read, "horizontalpodautoscalers horizontalpodautoscalers/status", in: "autoscaling"),
                rule(read, "cronjobs cronjobs/status jobs jobs/status", in: "batch"),
                rule(
                    read,
                    "daemonsets daemonsets/status deployments deployments/scale deployments/status ingresses "
                        + "ingresses/status networkpolicies replicasets replicasets/scale replicasets/status "
                        + "replicationcontrollers/scale", in: "extensions"),
                rule(read, "poddisruptionbudgets poddisruptionbudgets/status", in: "policy"),
                rule(read, "ingresses ingresses/status networkpolicies", in: "networking.k8s.io"),
            ]),
    ]
}
