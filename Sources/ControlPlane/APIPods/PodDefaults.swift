import APIObjects
package import JSONStream

/// What a pod has where its author said nothing (upstream's core/v1 defaults).
package enum PodDefaults {
    /// A pod's own defaults, which templates do not get, and then those of its spec.
    static func apply(toPod pod: inout JSONValue) {
        pod.edit("spec") { spec in
            for list in ["containers", "initContainers"] {
                spec.editItems(list, requestsFromLimits)
                if spec.flag("hostNetwork") { spec.editItems(list, hostPorts) }
            }
            PodLevelResources.applyDefaults(to: &spec)
            if spec["enableServiceLinks"] == nil { spec["enableServiceLinks"] = true }
            apply(toSpec: &spec)
        }
    }

    package static func apply(toTemplate template: inout JSONValue) {
        template.edit("spec", apply(toSpec:))
    }

    static func apply(toSpec spec: inout JSONValue) {
        spec.setDefault("dnsPolicy", "ClusterFirst")
        spec.setDefault("restartPolicy", "Always")
        spec.setDefault("securityContext", [:])
        if spec["terminationGracePeriodSeconds"] == nil { spec["terminationGracePeriodSeconds"] = 30 }
        spec.setDefault("schedulerName", "default-scheduler")
        serviceAccount(&spec)
        spec.editItems("volumes", VolumeDefaults.apply)
        for list in ["containers", "initContainers", "ephemeralContainers"] { spec.editItems(list, container) }
    }

    /// The old and the new name of the field have one value.
    private static func serviceAccount(_ spec: inout JSONValue) {
        let name = spec.text("serviceAccountName")
        let old = spec.text("serviceAccount")
        if name.isEmpty, !old.isEmpty { spec["serviceAccountName"] = .string(old) }
        if !name.isEmpty { spec["serviceAccount"] = .string(name) }
    }

    private static func requestsFromLimits(_ container: inout JSONValue) {
        guard let limits = container["resources"]?["limits"]?.objectValue else { return }
        container.edit("resources") { resources in
            resources.editOrMake("requests") { requests in
                for (name, amount) in limits where requests[name] == nil { requests[name] = amount }
            }
        }
    }

    private static func hostPorts(_ container: inout JSONValue) {
        container.editItems("ports") { port in
            port.setDefault("hostPort", nonzero: port.number("containerPort"))
            if port.number("hostPort") == 0 { port["hostPort"] = nil }
        }
    }

    static func container(_ container: inout JSONValue) {
        container.setDefault("terminationMessagePath", "/dev/termination-log")
        container.setDefault("terminationMessagePolicy", "File")
        container.setDefault("imagePullPolicy", pullPolicy(container.text("image")))
        container.editItems("ports") { $0.setDefault("protocol", "TCP") }
        container.editItems("env", variable)
        for name in ["livenessProbe", "readinessProbe", "startupProbe"] { container.edit(name, probe) }
        container.edit("lifecycle") { lifecycle in
            for name in ["postStart", "preStop"] { lifecycle.edit(name, handler) }
        }
    }

    private static func variable(_ variable: inout JSONValue) {
        variable.edit("valueFrom") { source in
            source.edit("fieldRef") { $0.setDefault("apiVersion", "v1") }
            source.edit("fileKeyRef") { file in if file["optional"] == nil { file["optional"] = false } }
        }
    }

    private static func probe(_ probe: inout JSONValue) {
        probe.setDefault("timeoutSeconds", nonzero: 1)
        probe.setDefault("periodSeconds", nonzero: 10)
        probe.setDefault("successThreshold", nonzero: 1)
        probe.setDefault("failureThreshold", nonzero: 3)
        handler(&probe)
    }

    private static func handler(_ handler: inout JSONValue) {
        handler.edit("httpGet") { request in
            request.setDefault("path", "/")
            request.setDefault("scheme", "HTTP")
        }
        handler.edit("grpc") { $0.setDefault("service", "") }
    }

    /// Always for the tag `latest`, which an image without tag and digest has too.
    static func pullPolicy(_ image: String) -> JSONValue {
        guard !image.isEmpty, !image.contains("@") else { return "IfNotPresent" }
        let last = image.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        let tag = last.split(separator: ":", omittingEmptySubsequences: false).dropFirst().joined(separator: ":")
        // A name that is none has no tag.
        guard !last.contains(where: { $0.isUppercase || $0.isWhitespace }) || !tag.isEmpty else {
            return "IfNotPresent"
        }
        return tag.isEmpty || tag == "latest" ? "Always" : "IfNotPresent"
    }
}
