/// Roles of the components, and of everybody.
extension DefaultRoles {
    static let systemRoles = [
        Role(
            name: "system:discovery",
            rules: [
                paths(
                    "/api /api/* /apis /apis/* /healthz /livez /openapi /openapi/* /readyz /version /version/")
            ]),
        Role(name: "system:public-info-viewer", rules: [paths("/healthz /livez /readyz /version /version/")]),
        Role(
            name: "system:basic-user",
            rules: [
                rule("create", "selfsubjectaccessreviews selfsubjectrulesreviews", in: "authorization.k8s.io"),
                rule("create", "selfsubjectreviews", in: "authentication.k8s.io"),
            ]),
        Role(
            name: "system:monitoring",
            rules: [paths("/healthz /healthz/* /livez /livez/* /metrics /metrics/slis /readyz /readyz/*")]),
        Role(
            name: "system:service-account-issuer-discovery",
            rules: [paths("/.well-known/openid-configuration /openid/v1/jwks")]),
        Role(name: "system:auth-delegator", rules: delegation),
        Role(
            name: "system:node-proxier",
            rules: [
                rule("list watch", "services endpoints"), rule(read, "nodes"), events,
                rule("list watch", "endpointslices", in: "discovery.k8s.io"),
                rule("list watch", "servicecidrs", in: "networking.k8s.io"),
            ]),
        Role(
            name: "system:kube-scheduler",
            rules: [
                events, rule("create", "leases", in: "coordination.k8s.io"),
                rule("get update", "leases", in: "coordination.k8s.io", names: "kube-scheduler"),
                rule(read, "nodes namespaces replicationcontrollers services persistentvolumes persistentvolumeclaims"),
                rule("\(read) delete", "pods"), rule("create", "bindings pods/binding"),
                rule("patch update", "pods/status"), rule(read, "replicasets", in: "apps extensions"),
                rule(read, "statefulsets", in: "apps"), rule(read, "poddisruptionbudgets", in: "policy"),
                rule(read, "csinodes csidrivers csistoragecapacities", in: "storage.k8s.io"),
            ] + delegation),
        Role(
            name: "system:kube-controller-manager",
            rules: [
                events, rule("create", "leases", in: "coordination.k8s.io"),
                rule("get update", "leases", in: "coordination.k8s.io", names: "kube-controller-manager"),
                rule("create update", "secrets serviceaccounts"), rule("delete", "secrets"),
                rule("get", "configmaps namespaces secrets serviceaccounts"), rule("create", "serviceaccounts/token"),
                rule("list watch", "*", in: "*"),
            ] + delegation),
        Role(
            name: "system:node",
            rules: [
                rule("create", "tokenreviews", in: "authentication.k8s.io"),
                rule("create", "subjectaccessreviews localsubjectaccessreviews", in: "authorization.k8s.io"),
                rule(read, "services pods configmaps secrets"), rule("\(read) create patch update", "nodes"),
                rule("patch update", "nodes/status pods/status"), rule("create patch update", "events"),
                rule("create delete", "pods"), rule("create", "pods/eviction serviceaccounts/token"),
                rule("get", "persistentvolumeclaims persistentvolumes endpoints"),
                rule("get patch update", "persistentvolumeclaims/status"),
                rule("\(read) create", "certificatesigningrequests", in: "certificates.k8s.io"),
                rule("get create delete patch update", "leases", in: "coordination.k8s.io"),
                rule("get", "volumeattachments", in: "storage.k8s.io"), rule(read, "csidrivers", in: "storage.k8s.io"),
                rule("get create delete patch update", "csinodes", in: "storage.k8s.io"),
                rule(read, "runtimeclasses", in: "node.k8s.io"),
            ]),
        Role(
            name: "system:node-problem-detector",
            rules: [rule("get", "nodes"), rule("patch", "nodes/status"), events]),
        Role(
            name: "system:kubelet-api-admin",
            rules: [
                rule("\(read) proxy", "nodes"), rule("*", "nodes/log nodes/metrics nodes/proxy nodes/stats"),
            ]),
        Role(
            name: "system:node-bootstrapper",
            rules: [rule("\(read) create", "certificatesigningrequests", in: "certificates.k8s.io")]),
        Role(name: "system:kube-dns", rules: [rule("list watch", "endpoints services")]),
        Role(name: "system:kube-aggregator", rules: [rule(read, "endpoints services")]),
        Role(
            name: "system:volume-scheduler",
            rules: [
                rule("\(read) patch update", "persistentvolumes persistentvolumeclaims"),
                rule(read, "storageclasses", in: "storage.k8s.io"),
            ]),
        Role(
            name: "system:persistent-volume-provisioner",
            rules: [
                rule("\(read) create delete", "persistentvolumes"), rule("\(read) update", "persistentvolumeclaims"),
                rule(read, "storageclasses", in: "storage.k8s.io"), rule("watch", "events"), events,
            ]),
    ]

    /// Asking the API server about others' tokens and permissions.
    private static let delegation = [
        rule("create", "tokenreviews", in: "authentication.k8s.io"),
        rule("create", "subjectaccessreviews", in: "authorization.k8s.io"),
    ]

    static let systemBindings = [
        Binding(name: "cluster-admin", role: "cluster-admin", subjects: [.group(UserInfo.privilegedGroup)]),
        Binding(
            name: "system:discovery", role: "system:discovery", subjects: [.group(UserInfo.authenticatedGroup)]),
        Binding(
            name: "system:basic-user", role: "system:basic-user", subjects: [.group(UserInfo.authenticatedGroup)]),
        Binding(
            name: "system:public-info-viewer", role: "system:public-info-viewer",
            subjects: [.group(UserInfo.authenticatedGroup), .group(UserInfo.unauthenticatedGroup)]),
        Binding(name: "system:monitoring", role: "system:monitoring", subjects: [.group("system:monitoring")]),
        Binding(
            name: "system:service-account-issuer-discovery", role: "system:service-account-issuer-discovery",
            subjects: [.group(UserInfo.serviceAccountsGroup)]),
        Binding(name: "system:node-proxier", role: "system:node-proxier", subjects: [.user("system:kube-proxy")]),
        Binding(
            name: "system:kube-scheduler", role: "system:kube-scheduler", subjects: [.user("system:kube-scheduler")]),
        Binding(
            name: "system:volume-scheduler", role: "system:volume-scheduler",
            subjects: [.user("system:kube-scheduler")]),
        Binding(
            name: "system:kube-controller-manager", role: "system:kube-controller-manager",
            subjects: [.user("system:kube-controller-manager")]),
        Binding(name: "system:kube-dns", role: "system:kube-dns", subjects: [.serviceAccount("kube-dns")]),
    ]

    // MARK: In namespaces

    static let namespaceRoles: [Role] = [
        Role(
            name: "extension-apiserver-authentication-reader", namespace: "kube-system",
            rules: [rule(read, "configmaps", names: "extension-apiserver-authentication")]),
        Role(name: "system::leader-locking-kube-controller-manager", namespace: "kube-system", rules: leaderElection),
        Role(name: "system::leader-locking-kube-scheduler", namespace: "kube-system", rules: leaderElection),
    ]

    private static let leaderElection = [
        rule("create get list update watch", "leases leasecandidates", in: "coordination.k8s.io")
    ]

    static let namespaceBindings: [Binding] = [
        Binding(
            name: "system::extension-apiserver-authentication-reader", namespace: "kube-system",
            role: "extension-apiserver-authentication-reader",
            subjects: [.user("system:kube-controller-manager"), .user("system:kube-scheduler")]),
        Binding(
            name: "system::leader-locking-kube-controller-manager", namespace: "kube-system",
            role: "system::leader-locking-kube-controller-manager",
            subjects: [.user("system:kube-controller-manager"), .serviceAccount("kube-controller-manager")]),
        Binding(
            name: "system::leader-locking-kube-scheduler", namespace: "kube-system",
            role: "system::leader-locking-kube-scheduler",
            subjects: [.user("system:kube-scheduler"), .serviceAccount("kube-scheduler")]),
    ]
}
