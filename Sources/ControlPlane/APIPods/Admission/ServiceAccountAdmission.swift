package import APIObjects
package import JSONStream

/// Gives a pod its service account, that account's image pull secrets, and a volume with a token (upstream's admission
/// plugin ServiceAccount). Accounts that allow only some Secrets (`enforce-mountable-secrets`, deprecated) are not kept to
/// it.
package struct ServiceAccountAdmission {
    static let mountPath = "/var/run/secrets/kubernetes.io/serviceaccount"
    private static let mirror = "kubernetes.io/config.mirror"
    private static let volumePrefix = "kube-api-access-"
    /// Seconds; by the odd seven, pods' own volumes are told from others in upstream's metrics.
    private static let expiration: JSONValue = 3607

    package let context: AdmissionContext

    package init(context: AdmissionContext) {
        self.context = context
    }

    /// Whether there is nothing that a new pod has to wait for.
    package func isReady(_ pod: JSONValue) -> Bool {
        guard context.admitsServiceAccounts, !isMirror(pod) else { return true }
        return account(pod) != nil
    }

    private func isMirror(_ pod: JSONValue) -> Bool { pod["metadata"]?["annotations"]?[Self.mirror] != nil }

    private func name(_ pod: JSONValue) -> String {
        let name = pod["spec"]?.text("serviceAccountName") ?? ""
        return name.isEmpty ? "default" : name
    }

    private func account(_ pod: JSONValue) -> JSONValue? {
        context.find("serviceaccounts", pod["metadata"]?.text("namespace") ?? "", name(pod))
    }

    /// - Throws: ``StatusError`` if there is no such account.
    func admit(_ pod: inout JSONValue) throws {
        guard context.admitsServiceAccounts else { return }
        let podName = pod["metadata"]?.text("name") ?? ""
        if isMirror(pod) { return try checkMirror(pod, podName) }
        let name = name(pod)
        guard let account = account(pod) else {
            let namespace = pod["metadata"]?.text("namespace") ?? ""
            throw StatusError.forbidden(
                .pods, podName,
                "error looking up service account \(namespace)/\(name): serviceaccount \"\(name)\" not found")
        }
        let isMounted =
            pod["spec"]?["automountServiceAccountToken"]?.boolValue
            ?? account["automountServiceAccountToken"]?.boolValue ?? true
        pod.edit("spec") { spec in
            spec["serviceAccountName"] = .string(name)
            spec["serviceAccount"] = .string(name)
            if isMounted { Self.mountToken(&spec) }
            if spec.items("imagePullSecrets").isEmpty, !account.items("imagePullSecrets").isEmpty {
                spec["imagePullSecrets"] = account["imagePullSecrets"]
            }
        }
    }

    private func checkMirror(_ pod: JSONValue, _ name: String) throws {
        let spec = pod["spec"] ?? [:]
        guard spec.text("serviceAccountName").isEmpty else {
            throw StatusError.forbidden(.pods, name, "a mirror pod may not reference service accounts")
        }
        let references = PodReference.all(of: [
            "metadata": ["namespace": "any"], "spec": spec,
        ])
        for (resource, text) in [("secrets", "secrets"), ("configmaps", "configmaps")]
        where references.contains(where: { $0.resource == resource }) {
            throw StatusError.forbidden(.pods, name, "a mirror pod may not reference \(text)")
        }
        guard !spec.items("volumes").contains(where: Self.holdsToken) else {
            throw StatusError.forbidden(
                .pods, name, "a mirror pod may not use ServiceAccountToken volume projections")
        }
    }

    private static func holdsToken(_ volume: JSONValue) -> Bool {
        volume["projected"]?.items("sources").contains { $0.has("serviceAccountToken") } == true
    }

    private static func mountToken(_ spec: inout JSONValue) {
        let containers = spec.items("initContainers") + spec.items("containers")
        let mounted = containers.map { container in
            container.items("volumeMounts").contains { $0.text("mountPath") == mountPath }
        }
        guard mounted.contains(false) else { return }
        let present = spec.items("volumes").first {
            $0.text("name").hasPrefix(volumePrefix) && holdsToken($0)
        }?.text("name")
        let volume = present ?? volumePrefix + Names.randomSuffix()
        let mount: JSONValue = ["name": .string(volume), "readOnly": true, "mountPath": .string(mountPath)]
        for list in ["initContainers", "containers"] {
            spec.editItems(list) { container in
                let mounts = container.items("volumeMounts")
                guard !mounts.contains(where: { $0.text("mountPath") == mountPath }) else { return }
                container["volumeMounts"] = .array(mounts + [mount])
            }
        }
        guard present == nil else { return }
        spec["volumes"] = .array(spec.items("volumes") + [self.volume(volume)])
    }

    private static func volume(_ name: String) -> JSONValue {
        let sources: [JSONValue] = [
            ["serviceAccountToken": ["expirationSeconds": expiration, "path": "token"]],
            ["configMap": ["name": "kube-root-ca.crt", "items": [["key": "ca.crt", "path": "ca.crt"]]]],
            [
                "downwardAPI": [
                    "items": [
                        ["path": "namespace", "fieldRef": ["apiVersion": "v1", "fieldPath": "metadata.namespace"]]
                    ]
                ]
            ],
        ]
        return ["name": .string(name), "projected": ["sources": .array(sources), "defaultMode": 420]]
    }
}
