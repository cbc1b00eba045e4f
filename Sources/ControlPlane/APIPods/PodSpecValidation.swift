import APIObjects
import JSONStream
import KubeAPI
import KubeSchema
import NetworkAddress

/// What the spec of a pod or of a pod template must be like; the rules and their order are those of upstream's
/// ValidatePodSpec.
struct PodSpecValidation {
    let spec: JSONValue
    let path: FieldPath
    /// The name of the pod; nil in a template.
    let podName: String?
    /// The volumes that have no errors, by name.
    let volumes: [String: JSONValue]
    let claims: Set<String>
    let gracePeriod: Int64?
    private let volumeErrors: [FieldError]

    var isPod: Bool { podName != nil }
    var restartPolicy: String { spec.text("restartPolicy") }
    var hostUsers: Bool { spec["hostUsers"]?.boolValue ?? true }

    init(_ spec: JSONValue, _ path: FieldPath, podName: String?) {
        self.spec = spec
        self.path = path
        self.podName = podName
        gracePeriod = spec["terminationGracePeriodSeconds"]?.integerValue
        claims = Set(spec.items("resourceClaims").map { $0.text("name") }.filter { !$0.isEmpty })
        (volumes, volumeErrors) = VolumeValidation(podName: podName).validate(
            spec.items("volumes"), path.child("volumes"))
    }

    func validate() -> [FieldError] {
        var errors: [FieldError] = []
        if gracePeriod == nil { errors.append(.required(path.child("terminationGracePeriodSeconds"))) }
        errors += volumeErrors
        errors += resourceClaims()
        errors += containers() + initContainers() + ephemeralContainers()
        errors += podResources()
        errors += hostNetworkPorts()
        errors += FieldError.oneOf(
            ["Always", "OnFailure", "Never"], restartPolicy, path.child("restartPolicy"))
        errors += FieldError.oneOf(
            ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"], spec.text("dnsPolicy"),
            path.child("dnsPolicy"))
        errors += MetadataValidation.labels(spec["nodeSelector"], path.child("nodeSelector"))
        errors += PodSecurityValidation(spec, path).pod()
        errors += AffinityValidation.validate(spec["affinity"], path.child("affinity"))
        errors += dnsConfig()
        errors += gates()
        errors += TopologySpreadValidation.validate(
            spec.items("topologySpreadConstraints"), path.child("topologySpreadConstraints"))
        errors += PodSecurityValidation(spec, path).hostProcesses()
        errors += PodSecurityValidation(spec, path).userNamespace()
        errors += names()
        return errors + operatingSystem()
    }

    private func names() -> [FieldError] {
        var errors: [FieldError] = []
        errors += optional("serviceAccountName", Names.dnsSubdomain)
        errors += optional("nodeName", Names.dnsSubdomain)
        if let seconds = spec["activeDeadlineSeconds"]?.integerValue, !(1...Int64(Int32.max)).contains(seconds) {
            errors.append(
                .invalid(
                    path.child("activeDeadlineSeconds"), .integer(seconds),
                    "must be between 1 and 2147483647, inclusive"))
        }
        errors += optional("hostname", Names.dnsLabel)
        errors += hostnameOverride()
        errors += optional("subdomain", Names.dnsLabel)
        errors += TolerationValidation.validate(spec.items("tolerations"), path.child("tolerations"))
        errors += hostAliases()
        errors += optional("priorityClassName", Names.dnsSubdomain)
        if let name = spec["runtimeClassName"]?.stringValue {
            errors += FieldError.named(name, path.child("runtimeClassName"), by: Names.dnsSubdomain)
        }
        if let policy = spec["preemptionPolicy"]?.stringValue {
            errors += FieldError.oneOf(["PreemptLowerPriority", "Never"], policy, path.child("preemptionPolicy"))
        }
        if let overhead = spec["overhead"], !overhead.isNull {
            errors += ResourceValidation(isPodLevel: false, claims: [])
                .validate(["limits": overhead], path.child("overhead"))
        }
        return errors
    }

    /// A hostname that the kernel takes, and nothing else that says what the hostname is.
    private func hostnameOverride() -> [FieldError] {
        let name = spec.text("hostnameOverride")
        guard !name.isEmpty else { return [] }
        let field = path.child("hostnameOverride")
        var errors = FieldError.named(name, field, by: Names.dnsSubdomain)
        if name.utf8.count > 64 { errors.append(.tooLong(field, most: 64)) }
        for other in ["setHostnameAsFQDN", "hostNetwork"] where spec.flag(other) {
            errors.append(.forbidden(field, "may not be set when `\(other)` is true"))
        }
        return errors
    }

    private func optional(_ field: String, _ rule: (String) -> [String]) -> [FieldError] {
        let text = spec.text(field)
        return text.isEmpty ? [] : FieldError.named(text, path.child(field), by: rule)
    }

    private func resourceClaims() -> [FieldError] {
        var errors: [FieldError] = []
        var seen: Set<String> = []
        for (index, claim) in spec.items("resourceClaims").enumerated() {
            let item = path.child("resourceClaims").index(index)
            let name = claim.text("name")
            if name.isEmpty {
                errors.append(.required(item.child("name")))
            } else if !seen.insert(name).inserted {
                errors.append(.duplicate(item.child("name"), .string(name)))
            } else {
                errors += FieldError.named(name, item.child("name"), by: Names.dnsLabel)
            }
            let sources = ["resourceClaimName", "resourceClaimTemplateName"].filter { claim.has($0) }
            if sources.count == 2 {
                errors.append(
                    .invalid(
                        item, claim,
                        "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified"))
            } else if sources.isEmpty {
                errors.append(
                    .invalid(
                        item, claim, "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`"))
            }
            for source in sources {
                errors += FieldError.named(claim.text(source), item.child(source), by: Names.dnsSubdomain)
            }
        }
        return errors
    }

    private func podResources() -> [FieldError] {
        guard let resources = spec["resources"], !resources.isNull else { return [] }
        let path = path.child("resources")
        var errors: [FieldError] = []
        if resources.has("claims") {
            errors.append(.forbidden(path.child("claims"), "claims cannot be set for Resources at pod-level"))
        }
        errors += ResourceValidation(isPodLevel: true, claims: claims).validate(resources, path)
        for (name, needed) in PodLevelResources.requests(of: spec).sorted(by: { $0.key < $1.key }) {
            let given = resources["requests"]?.text(name) ?? ""
            guard needed > Quantity.value(given.isEmpty ? "0" : given) ?? 0 else { continue }
            errors.append(
                .invalid(
                    path.child("requests").key(name), .string(given.isEmpty ? "0" : given),
                    "must be greater than or equal to aggregate container requests of "
                        + Quantity.text(needed, like: name == "memory" ? "Mi" : "")))
        }
        for (index, container) in spec.items("containers").enumerated() {
            for (name, limit) in (container["resources"] ?? [:]).sortedMembers("limits") {
                guard let most = resources["limits"]?[name]?.stringValue,
                    Quantity.value(limit.stringValue ?? "") ?? 0 > Quantity.value(most) ?? 0
                else { continue }
                errors.append(
                    .invalid(
                        path.child("containers").index(index).key(name).child("limits"), limit,
                        "must be less than or equal to pod limits of \(most)"))
            }
        }
        return errors
    }

    private func hostNetworkPorts() -> [FieldError] {
        guard spec.flag("hostNetwork") else { return [] }
        var errors: [FieldError] = []
        for (index, container) in spec.items("containers").enumerated() {
            for (number, port) in container.items("ports").enumerated() {
                let host = port.number("hostPort")
                guard isPod || host != 0, host != port.number("containerPort") else { continue }
                errors.append(
                    .invalid(
                        path.child("containers").index(index).child("ports").index(number).child("hostPort"),
                        .integer(host), "must match `containerPort` when `hostNetwork` is true"))
            }
        }
        return errors
    }

    private func dnsConfig() -> [FieldError] {
        let path = path.child("dnsConfig")
        let config = spec["dnsConfig"].flatMap { $0.isNull ? nil : $0 }
        if spec.text("dnsPolicy") == "None" {
            guard let config else {
                return [.required(path, "must provide `dnsConfig` when `dnsPolicy` is None")]
            }
            guard !config.items("nameservers").isEmpty else {
                return [
                    .required(
                        path.child("nameservers"),
                        "must provide at least one DNS nameserver when `dnsPolicy` is None")
                ]
            }
        }
        guard let config else { return [] }
        var errors: [FieldError] = []
        let servers = config.strings("nameservers")
        if servers.count > 3 {
            errors.append(
                .invalid(
                    path.child("nameservers"), config["nameservers"] ?? [], "must not have more than 3 nameservers"))
        }
        for (index, server) in servers.enumerated() {
            errors += AddressValidation.ip(server, path.child("nameservers").index(index))
        }
        let searches = config.strings("searches")
        if searches.count > 32 {
            errors.append(
                .invalid(path.child("searches"), config["searches"] ?? [], "must not have more than 32 search paths"))
        }
        if searches.joined(separator: " ").utf8.count > 2048 {
            errors.append(
                .invalid(
                    path.child("searches"), config["searches"] ?? [],
                    "must not have more than 2048 characters (including spaces) in the search list"))
        }
        for (index, search) in searches.enumerated() where search != "." {
            let name = search.hasSuffix(".") ? String(search.dropLast()) : search
            errors += FieldError.named(
                name, path.child("searches").index(index), by: Names.dnsSubdomainWithUnderscore)
        }
        for (index, option) in config.items("options").enumerated() where option.text("name").isEmpty {
            errors.append(.required(path.child("options").index(index), "must not be empty"))
        }
        return errors
    }

    private func gates() -> [FieldError] {
        var errors: [FieldError] = []
        for (index, gate) in spec.items("readinessGates").enumerated() {
            errors += FieldError.named(
                gate.text("conditionType"), path.child("readinessGates").index(index).child("conditionType"),
                by: Names.qualifiedName)
        }
        var seen: Set<String> = []
        for (index, gate) in spec.items("schedulingGates").enumerated() {
            let item = path.child("schedulingGates").index(index)
            let name = gate.text("name")
            errors += FieldError.named(name, item, by: Names.qualifiedName)
            if !seen.insert(name).inserted { errors.append(.duplicate(item, .string(name))) }
        }
        return errors
    }

    private func hostAliases() -> [FieldError] {
        var errors: [FieldError] = []
        for (index, alias) in spec.items("hostAliases").enumerated() {
            let item = path.child("hostAliases").index(index)
            errors += AddressValidation.ip(alias.text("ip"), item.child("ip"))
            for (number, name) in alias.strings("hostnames").enumerated() {
                errors += FieldError.named(name, item.child("hostnames").index(number), by: Names.dnsSubdomain)
            }
        }
        return errors
    }

    private func operatingSystem() -> [FieldError] {
        guard let os = spec["os"], !os.isNull else { return [] }
        switch os.text("name") {
        case "": return [.required(path.child("os").child("name"), "cannot be empty")]
        case "linux": return PodSecurityValidation(spec, path).linux()
        case "windows": return PodSecurityValidation(spec, path).windows()
        case let other: return [.notSupported(path.child("os"), .string(other), ["linux", "windows"])]
        }
    }
}
