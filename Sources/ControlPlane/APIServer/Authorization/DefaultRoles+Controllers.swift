/// A role for each controller, given to the service account of its name in kube-system.
extension DefaultRoles {
    private static func controller(_ name: String, _ rules: [PolicyRule], recordsEvents: Bool = true) -> Role {
        Role(name: "system:controller:\(name)", rules: rules + (recordsEvents ? [events] : []))
    }

    static let controllerBindings = controllerRoles.map { role in
        Binding(
            name: role.name, role: role.name,
            subjects: [.serviceAccount(String(role.name.dropFirst("system:controller:".count)))])
    }

    static let controllerRoles = workloadControllers + networkControllers + clusterControllers + storageControllers

    private static let workloadControllers = [
        controller(
            "deployment-controller",
            [
                rule("\(read) update", "deployments", in: "apps extensions"),
                rule("update", "deployments/status deployments/finalizers", in: "apps extensions"),
                rule("\(read) create delete patch update", "replicasets", in: "apps extensions"),
                rule("\(read) update", "pods"),
            ]),
        controller(
            "replicaset-controller",
            [
                rule("\(read) update", "replicasets", in: "apps extensions"),
                rule("update", "replicasets/status replicasets/finalizers", in: "apps extensions"),
                rule("list watch create delete patch", "pods"),
            ]),
        controller(
            "replication-controller",
            [
                rule("\(read) update", "replicationcontrollers"),
                rule("update", "replicationcontrollers/status replicationcontrollers/finalizers"),
                rule("list watch create delete patch", "pods"),
            ]),
        controller(
            "daemon-set-controller",
            [
                rule(read, "daemonsets", in: "apps extensions"),
                rule("update", "daemonsets/status daemonsets/finalizers", in: "apps extensions"),
                rule("list watch", "nodes"), rule("list watch create delete patch", "pods"),
                rule("create", "pods/binding"),
                rule("\(read) create delete patch update", "controllerrevisions", in: "apps"),
            ]),
        controller(
            "statefulset-controller",
            [
                rule(read, "statefulsets", in: "apps"),
                rule("update", "statefulsets/status statefulsets/finalizers", in: "apps"),
                rule("\(read) create delete patch update", "pods"), rule("update", "pods/finalizers"),
                rule("\(read) create delete patch update", "controllerrevisions", in: "apps"),
                rule("\(read) create delete update", "persistentvolumeclaims"),
            ]),
        controller(
            "job-controller",
            [
                rule("\(read) patch update", "jobs", in: "batch"),
                rule("update", "jobs/status jobs/finalizers", in: "batch"),
                rule("list watch create delete patch", "pods"),
            ]),
        controller(
            "cronjob-controller",
            [
                rule("\(read) update", "cronjobs", in: "batch"),
                rule("\(read) create delete patch update", "jobs", in: "batch"),
                rule("update", "cronjobs/status cronjobs/finalizers", in: "batch"),
                rule("list watch delete", "pods"),
            ]),
        controller("ttl-after-finished-controller", [rule("\(read) delete", "jobs", in: "batch")]),
        controller(
            "horizontal-pod-autoscaler",
            [
                rule(read, "horizontalpodautoscalers", in: "autoscaling"),
                rule("update", "horizontalpodautoscalers/status", in: "autoscaling"),
                rule("get update", "*/scale", in: "*"), rule("list watch", "pods"),
                rule("list watch", "pods", in: "metrics.k8s.io"),
                rule(read, "*", in: "custom.metrics.k8s.io external.metrics.k8s.io"),
            ]),
        controller(
            "disruption-controller",
            [
                rule(read, "deployments replicasets", in: "apps extensions"), rule(read, "replicationcontrollers"),
                rule(read, "poddisruptionbudgets", in: "policy"), rule(read, "statefulsets", in: "apps"),
                rule("update", "poddisruptionbudgets/status", in: "policy"), rule("patch update", "pods/status"),
                rule("get", "*/scale", in: "*"),
            ]),
        controller(
            "pod-garbage-collector",
            [rule("list watch delete", "pods"), rule(read, "nodes"), rule("patch", "pods/status")],
            recordsEvents: false),
    ]

    private static let networkControllers = [
        controller(
            "endpoint-controller",
            [
                rule(read, "services pods"), rule("\(read) create delete update", "endpoints"),
                rule("create", "endpoints/restricted"),
            ]),
        controller(
            "endpointslice-controller",
            [
                rule(read, "services pods nodes"), rule("update", "services/finalizers"),
                rule("\(read) create delete update", "endpointslices", in: "discovery.k8s.io"),
            ]),
        controller(
            "endpointslicemirroring-controller",
            [
                rule(read, "services endpoints"), rule("update", "services/finalizers endpoints/finalizers"),
                rule("\(read) create delete update", "endpointslices", in: "discovery.k8s.io"),
            ]),
        controller(
            "service-controller",
            [rule(read, "services"), rule("patch update", "services/status"), rule("list watch", "nodes")]),
        controller(
            "service-cidrs-controller",
            [
                rule("\(read) patch update", "servicecidrs", in: "networking.k8s.io"),
                rule("patch update", "servicecidrs/finalizers servicecidrs/status", in: "networking.k8s.io"),
                rule(read, "ipaddresses", in: "networking.k8s.io"),
            ]),
        controller("route-controller", [rule("list watch", "nodes"), rule("patch", "nodes/status")]),
    ]

    private static let clusterControllers = [
        controller(
            "namespace-controller",
            [
                rule("\(read) delete", "namespaces"), rule("update", "namespaces/finalize namespaces/status"),
                rule("\(read) delete deletecollection", "*", in: "*"),
            ], recordsEvents: false),
        controller(
            "node-controller",
            [
                rule("\(read) delete patch update", "nodes"), rule("patch update", "nodes/status pods/status"),
                rule("\(read) delete", "pods"),
            ]),
        controller("ttl-controller", [rule("list watch patch update", "nodes")]),
        controller("generic-garbage-collector", [rule("\(read) delete patch update", "*", in: "*")]),
        controller(
            "resourcequota-controller", [rule("list watch", "*", in: "*"), rule("update", "resourcequotas/status")]),
        controller("service-account-controller", [rule("create", "serviceaccounts")]),
        controller("root-ca-cert-publisher", [rule("create update", "configmaps")]),
        controller(
            "clusterrole-aggregation-controller",
            [rule("escalate \(read) patch update", "clusterroles", in: ResourceDefinition.rbacGroup)],
            recordsEvents: false),
        controller(
            "certificate-controller",
            [
                rule("\(read) delete", "certificatesigningrequests", in: "certificates.k8s.io"),
                rule(
                    "update", "certificatesigningrequests/approval certificatesigningrequests/status",
                    in: "certificates.k8s.io"),
                rule(
                    "approve", "signers", in: "certificates.k8s.io",
                    names: "kubernetes.io/kube-apiserver-client-kubelet"),
                rule(
                    "sign", "signers", in: "certificates.k8s.io",
                    names: "kubernetes.io/legacy-unknown kubernetes.io/kube-apiserver-client "
                        + "kubernetes.io/kube-apiserver-client-kubelet kubernetes.io/kubelet-serving"),
                rule("create", "subjectaccessreviews", in: "authorization.k8s.io"),
            ]),
    ]

    private static let storageControllers = [
        controller(
            "persistent-volume-binder",
            [
                rule("\(read) create delete update", "persistentvolumes"),
                rule("update", "persistentvolumes/status persistentvolumeclaims/status"),
                rule("\(read) update", "persistentvolumeclaims"), rule("\(read) create delete", "pods"),
                rule(read, "storageclasses", in: "storage.k8s.io"), rule("list watch", "nodes"),
                rule("watch", "events"), rule("get", "services"),
            ]),
        controller(
            "attachdetach-controller",
            [
                rule("list watch", "persistentvolumes persistentvolumeclaims pods"), rule(read, "nodes"),
                rule("patch update", "nodes/status"),
                rule("\(read) create delete", "volumeattachments", in: "storage.k8s.io"),
                rule(read, "csidrivers csinodes", in: "storage.k8s.io"),
            ]),
        controller(
            "expand-controller",
            [
                rule("\(read) patch update", "persistentvolumes"),
                rule("patch update", "persistentvolumeclaims/status"), rule(read, "persistentvolumeclaims"),
                rule("get", "services"),
            ]),
        controller(
            "ephemeral-volume-controller",
            [
                rule(read, "pods"), rule("update", "pods/finalizers"),
                rule("\(read) create", "persistentvolumeclaims"),
            ]),
        controller(
            "pvc-protection-controller", [rule("\(read) update", "persistentvolumeclaims"), rule(read, "pods")]),
        controller("pv-protection-controller", [rule("\(read) update", "persistentvolumes")]),
    ]
}
