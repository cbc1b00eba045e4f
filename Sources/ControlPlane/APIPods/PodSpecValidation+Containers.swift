import APIObjects
import JSONStream
import KubeSchema

extension PodSpecValidation {
    private static let notForEphemeral = [
        "ports", "resources", "resizePolicy", "restartPolicy", "restartPolicyRules", "livenessProbe", "readinessProbe",
        "startupProbe", "lifecycle",
    ]

    func containers() -> [FieldError] {
        let path = path.child("containers")
        let containers = spec.items("containers")
        guard !containers.isEmpty else { return [.required(path)] }
        var errors: [FieldError] = []
        var names: Set<String> = []
        for (index, container) in containers.enumerated() {
            let item = path.index(index)
            errors += common(container, item)
            let name = container.text("name")
            if !names.insert(name).inserted { errors.append(.duplicate(item.child("name"), .string(name))) }
            errors += lifecycleAndProbes(container, item)
            errors += restartRules(container, item)
        }
        return errors + hostPortConflicts(containers, path)
    }

    func initContainers() -> [FieldError] {
        let path = path.child("initContainers")
        var names = Set(spec.items("containers").map { $0.text("name") })
        var errors: [FieldError] = []
        for (index, container) in spec.items("initContainers").enumerated() {
            let item = path.index(index)
            errors += common(container, item)
            errors += restartRules(container, item)
            let name = container.text("name")
            if names.contains(name) {
                errors.append(.duplicate(item.child("name"), .string(name)))
            } else if !name.isEmpty {
                names.insert(name)
            }
            errors += hostPortConflicts([container], path)
            if PodLevelResources.isSidecar(container) {
                errors += lifecycleAndProbes(container, item)
            } else {
                for field in ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"] where container.has(field)
                {
                    errors.append(
                        .forbidden(
                            item.child(field), "may not be set for init containers without restartPolicy=Always"))
                }
                if !container.items("resizePolicy").isEmpty {
                    errors.append(
                        .invalid(
                            item.child("resizePolicy"), container["resizePolicy"] ?? [],
                            "must not be set for init containers"))
                }
            }
        }
        return errors
    }

    func ephemeralContainers() -> [FieldError] {
        let others = Set((spec.items("containers") + spec.items("initContainers")).map { $0.text("name") })
        var names = others
        var errors: [FieldError] = []
        for (index, container) in spec.items("ephemeralContainers").enumerated() {
            let item = path.child("ephemeralContainers").index(index)
            errors += common(container, item)
            errors += Self.image(container, item)
            let name = container.text("name")
            if !names.insert(name).inserted { errors.append(.duplicate(item.child("name"), .string(name))) }
            let target = container.text("targetContainerName")
            if !target.isEmpty, !others.contains(target) {
                errors.append(.notFound(item.child("targetContainerName"), .string(target)))
            }
            let forbidden = "cannot be set for an Ephemeral Container"
            for field in Self.notForEphemeral {
                guard let value = container[field], value != .null, value != [:], value != [] else { continue }
                errors.append(.forbidden(item.child(field), forbidden))
            }
            for (number, mount) in container.items("volumeMounts").enumerated() {
                for field in ["subPath", "subPathExpr"] where !mount.text(field).isEmpty {
                    errors.append(.forbidden(item.child("volumeMounts").index(number).child(field), forbidden))
                }
            }
        }
        return errors
    }

    /// Of pods, but not of templates.
    static func image(_ container: JSONValue, _ path: FieldPath) -> [FieldError] {
        let image = container.text("image")
        guard image.first?.isWhitespace == true || image.last?.isWhitespace == true else { return [] }
        return [.invalid(path.child("image"), .string(image), "must not have leading or trailing whitespace")]
    }

    private func common(_ container: JSONValue, _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        let name = container.text("name")
        errors +=
            name.isEmpty
            ? [.required(path.child("name"))] : FieldError.named(name, path.child("name"), by: Names.dnsLabel)
        if container.text("image").isEmpty { errors.append(.required(path.child("image"))) }
        errors += FieldError.oneOf(
            ["File", "FallbackToLogsOnError"], container.text("terminationMessagePolicy"),
            path.child("terminationMessagePolicy"))
        errors += ContainerPortValidation.validate(container.items("ports"), path.child("ports"))
        errors += EnvironmentValidation.variables(container.items("env"), path.child("env"), volumes)
        errors += EnvironmentValidation.sources(container.items("envFrom"), path.child("envFrom"))
        errors += VolumeMountValidation(container: container, volumes: volumes).validate(path)
        errors += FieldError.oneOf(
            ["Always", "IfNotPresent", "Never"], container.text("imagePullPolicy"), path.child("imagePullPolicy"))
        errors += ResourceValidation(isPodLevel: false, claims: claims)
            .validate(container["resources"] ?? [:], path.child("resources"))
        errors += resizePolicies(container.items("resizePolicy"), path.child("resizePolicy"))
        errors += PodSecurityValidation(spec, self.path).container(
            container["securityContext"], path.child("securityContext"))
        return errors
    }

    private func lifecycleAndProbes(_ container: JSONValue, _ path: FieldPath) -> [FieldError] {
        let probes = ProbeValidation(gracePeriod: gracePeriod)
        var errors: [FieldError] = []
        if let lifecycle = container["lifecycle"] {
            errors += probes.lifecycle(lifecycle, path.child("lifecycle"), os: spec["os"]?.text("name") ?? "")
        }
        for name in ["livenessProbe", "readinessProbe", "startupProbe"] {
            guard let probe = container[name], !probe.isNull else { continue }
            errors += probes.probe(probe, name, path.child(name))
        }
        return errors
    }

    private func restartRules(_ container: JSONValue, _ path: FieldPath) -> [FieldError] {
        let rules = container.items("restartPolicyRules")
        let rulesPath = path.child("restartPolicyRules")
        guard let policy = container["restartPolicy"]?.stringValue else {
            return rules.isEmpty
                ? []
                : [.required(path.child("restartPolicy"), "must specify restartPolicy when restart rules are used")]
        }
        var errors: [FieldError] = []
        if !["Always", "Never", "OnFailure"].contains(policy) {
            errors.append(
                .notSupported(path.child("restartPolicy"), .string(policy), ["Always", "Never", "OnFailure"]))
        }
        if rules.count > 20 { errors.append(.tooMany(rulesPath, rules.count, most: 20)) }
        for (index, rule) in rules.enumerated() {
            let item = rulesPath.index(index)
            let action = rule.text("action")
            if action != "Restart" {
                errors.append(.notSupported(item.child("action"), .string(action), ["Restart"]))
            }
            guard let codes = rule["exitCodes"], !codes.isNull else {
                errors.append(.required(item.child("exitCodes"), "must be specified"))
                continue
            }
            let comparison = codes.text("operator")
            if !["In", "NotIn"].contains(comparison) {
                errors.append(
                    .notSupported(
                        item.child("exitCodes").child("operator"), .string(comparison), ["In", "NotIn"]))
            }
            if codes.items("values").count > 255 {
                errors.append(
                    .tooMany(item.child("exitCodes").child("values"), codes.items("values").count, most: 255))
            }
        }
        return errors
    }

    private func resizePolicies(_ policies: [JSONValue], _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        var seen: Set<String> = []
        for (index, policy) in policies.enumerated() {
            let name = policy.text("resourceName")
            if !seen.insert(name).inserted { errors.append(.duplicate(path.index(index), .string(name))) }
            errors += FieldError.oneOf(["cpu", "memory"], name, path)
            let restart = policy.text("restartPolicy")
            errors += FieldError.oneOf(["NotRequired", "RestartContainer"], restart, path)
            if restartPolicy == "Never", restart != "NotRequired" {
                errors.append(
                    .invalid(path, .string(restart), "must be 'NotRequired' when `restartPolicy` is 'Never'"))
            }
        }
        return errors
    }

    private func hostPortConflicts(_ containers: [JSONValue], _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        var taken: Set<String> = []
        for (index, container) in containers.enumerated() {
            for (number, port) in container.items("ports").enumerated() where port.number("hostPort") != 0 {
                let key = "\(port.text("protocol"))/\(port.text("hostIP"))/\(port.number("hostPort"))"
                guard !taken.insert(key).inserted else { continue }
                errors.append(
                    .duplicate(
                        path.index(index).child("ports").index(number).child("hostPort"), .string(key)))
            }
        }
        return errors
    }
}
