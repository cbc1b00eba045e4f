import APIObjects
import JSONStream
import KubeSchema

/// The rules of security contexts, of a pod and of its containers.
struct PodSecurityValidation {
    private let spec: JSONValue
    private let path: FieldPath
    private let context: JSONValue

    init(_ spec: JSONValue, _ path: FieldPath) {
        self.spec = spec
        self.path = path
        context = spec["securityContext"] ?? [:]
    }

    func pod() -> [FieldError] {
        let path = path.child("securityContext")
        var errors = ids(context, ["fsGroup", "runAsUser", "runAsGroup"], path)
        for (index, group) in context.items("supplementalGroups").enumerated() {
            let number = group.integerValue ?? 0
            errors += Names.id(number).map {
                .invalid(path.child("supplementalGroups").index(index), .integer(number), $0)
            }
        }
        if spec.flag("shareProcessNamespace"), spec.flag("hostPID") {
            errors.append(
                .invalid(
                    path.child("shareProcessNamespace"), true,
                    "ShareProcessNamespace and HostPID cannot both be enabled"))
        }
        errors += sysctls(path.child("sysctls"))
        errors += policy("fsGroupChangePolicy", ["Always", "OnRootMismatch"], path)
        errors += profiles(context, path)
        errors += policy("supplementalGroupsPolicy", ["Merge", "Strict"], path)
        return errors + policy("seLinuxChangePolicy", ["MountOption", "Recursive"], path)
    }

    func container(_ context: JSONValue?, _ path: FieldPath) -> [FieldError] {
        guard let context, !context.isNull else { return [] }
        var errors = ids(context, ["runAsUser", "runAsGroup"], path)
        if let mount = context["procMount"]?.stringValue {
            let field = path.child("procMount")
            if !["Default", "Unmasked"].contains(mount) {
                errors.append(.notSupported(field, .string(mount), ["Default", "Unmasked"]))
            }
            if mount == "Unmasked", spec["hostUsers"]?.boolValue ?? true {
                errors.append(.invalid(field, .string(mount), "`hostUsers` must be false to use `Unmasked`"))
            }
        }
        errors += profiles(context, path)
        if context["allowPrivilegeEscalation"]?.boolValue == false {
            if context.flag("privileged") {
                errors.append(
                    .invalid(
                        path, context, "cannot set `allowPrivilegeEscalation` to false and `privileged` to true"))
            }
            if context["capabilities"]?.strings("add").contains("CAP_SYS_ADMIN") == true {
                errors.append(
                    .invalid(
                        path, context,
                        "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN"))
            }
        }
        return errors
    }

    private func ids(_ context: JSONValue, _ fields: [String], _ path: FieldPath) -> [FieldError] {
        fields.flatMap { field -> [FieldError] in
            guard let number = context[field]?.integerValue else { return [] }
            return Names.id(number).map { .invalid(path.child(field), .integer(number), $0) }
        }
    }

    private func policy(_ field: String, _ supported: [String], _ path: FieldPath) -> [FieldError] {
        guard let text = context[field]?.stringValue, !supported.contains(text) else { return [] }
        return [.notSupported(path.child(field), .string(text), supported)]
    }

    private func sysctls(_ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        var seen: Set<String> = []
        for (index, sysctl) in context.items("sysctls").enumerated() {
            let name = sysctl.text("name")
            let field = path.index(index).child("name")
            if name.isEmpty {
                errors.append(.required(field))
            } else if !Self.isSysctl(name) {
                errors.append(
                    .invalid(
                        field, .string(name),
                        "must have at most 253 characters and match regex "
                            + "^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$"))
            } else if !seen.insert(name).inserted {
                errors.append(.duplicate(field, .string(name)))
            }
            let dotted = name.replacing("/", with: ".")
            if spec.flag("hostNetwork"), dotted.hasPrefix("net.") {
                errors.append(.invalid(field, .string(name), "may not be specified when 'hostNetwork' is true"))
            } else if spec.flag("hostIPC"),
                ["kernel.shm", "kernel.msg", "kernel.sem", "fs.mqueue."].contains(where: dotted.hasPrefix)
            {
                errors.append(.invalid(field, .string(name), "may not be specified when 'hostIPC' is true"))
            }
        }
        return errors
    }

    private static func isSysctl(_ name: String) -> Bool {
        name.utf8.count <= 253
            && name.replacing("/", with: ".").split(separator: ".", omittingEmptySubsequences: false).allSatisfy {
                Names.dnsSubdomainWithUnderscore(String($0)).isEmpty && !$0.hasPrefix("_") && !$0.hasSuffix("_")
            }
    }

    // MARK: Profiles

    private func profiles(_ context: JSONValue, _ path: FieldPath) -> [FieldError] {
        let windows = WindowsOptionsValidation.validate(context["windowsOptions"], path.child("windowsOptions"))
        return seccomp(context["seccompProfile"], path.child("seccompProfile")) + windows
            + appArmor(context["appArmorProfile"], path.child("appArmorProfile"))
    }

    private func seccomp(_ profile: JSONValue?, _ path: FieldPath) -> [FieldError] {
        guard let profile, !profile.isNull else { return [] }
        var errors = type(profile, "seccompProfile", path)
        let local = profile["localhostProfile"]?.stringValue
        if profile.text("type") == "Localhost" {
            errors +=
                local.map { PathValidation.local($0, path.child("localhostProfile")) }
                ?? [.required(path.child("localhostProfile"), "must be set when seccomp type is Localhost")]
        } else if local != nil {
            errors.append(
                .invalid(
                    path.child("localhostProfile"), profile, "can only be set when seccomp type is Localhost"))
        }
        return errors
    }

    private func appArmor(_ profile: JSONValue?, _ path: FieldPath) -> [FieldError] {
        guard let profile, !profile.isNull else { return [] }
        let field = path.child("localhostProfile")
        let local = profile["localhostProfile"]?.stringValue
        guard profile.text("type") == "Localhost" else {
            let problems = type(profile, "appArmorProfile", path)
            guard problems.isEmpty, let local else { return problems }
            return [.invalid(field, .string(local), "can only be set when AppArmor type is Localhost")]
        }
        guard let local, !local.isEmpty else {
            return [.required(field, "must be set when AppArmor type is Localhost")]
        }
        var errors: [FieldError] = []
        if local.first?.isWhitespace == true || local.last?.isWhitespace == true {
            errors.append(.invalid(field, .string(local), "must not be padded with whitespace"))
        }
        if local.utf8.count > 4095 { errors.append(.tooLong(field, most: 4095)) }
        return errors
    }

    private func type(_ profile: JSONValue, _ name: String, _ path: FieldPath) -> [FieldError] {
        let supported = ["Localhost", "RuntimeDefault", "Unconfined"]
        let type = profile.text("type")
        if supported.contains(type) { return [] }
        return [
            type.isEmpty
                ? .required(path.child("type"), "type is required when \(name) is set")
                : .notSupported(path.child("type"), .string(type), supported)
        ]
    }

    // MARK: The whole pod

    /// A pod with a user namespace of its own shares no other one with the node.
    func userNamespace() -> [FieldError] {
        guard spec["hostUsers"]?.boolValue == false else { return [] }
        return [("hostNetwork", "hostNetwork"), ("hostPID", "HostPID"), ("hostIPC", "HostIPC")].filter {
            spec.flag($0.0)
        }.map { .forbidden(path.child($0.1), "when `pod.Spec.HostUsers` is false") }
    }

    /// Each container with its path, in upstream's order.
    private var allContainers: [(container: JSONValue, path: FieldPath)] {
        ["initContainers", "containers", "ephemeralContainers"].flatMap { list in
            spec.items(list).enumerated().map { ($1, path.child(list).index($0)) }
        }
    }

    func hostProcesses() -> [FieldError] {
        let own = context["windowsOptions"]?["hostProcess"]?.boolValue
        var errors: [FieldError] = []
        var count = 0
        for (container, path) in allContainers {
            let its = container["securityContext"]?["windowsOptions"]?["hostProcess"]?.boolValue
            if let own, let its, own != its {
                errors.append(
                    .invalid(
                        path.child("securityContext").child("windowsOptions").child("hostProcess"), .bool(its),
                        "pod hostProcess value must be identical if both are specified, was \(own)"))
            }
            if its ?? own ?? false { count += 1 }
        }
        guard count > 0 else { return errors }
        if count != allContainers.count {
            errors.append(
                .invalid(
                    path, "",
                    "If pod contains any hostProcess containers then all containers must be HostProcess containers"))
        }
        if !spec.flag("hostNetwork") {
            errors.append(
                .invalid(
                    path.child("hostNetwork"), false,
                    "hostNetwork must be true if pod contains any hostProcess containers"))
        }
        return errors
    }

    func linux() -> [FieldError] {
        let problem = "windows options cannot be set for a linux pod"
        let contexts = [(context, path)] + allContainers.map { ($0.container["securityContext"] ?? [:], $0.path) }
        return contexts.filter { $0.0.has("windowsOptions") }.map {
            .forbidden($0.1.child("securityContext").child("windowsOptions"), problem)
        }
    }

    func windows() -> [FieldError] {
        let problem = "cannot be set for a windows pod"
        var errors: [FieldError] = []
        for field in [
            "appArmorProfile", "seLinuxOptions", "seccompProfile", "fsGroup", "fsGroupChangePolicy", "sysctls",
            "runAsUser", "runAsGroup", "supplementalGroups", "supplementalGroupsPolicy", "seLinuxChangePolicy",
        ] where context.has(field) {
            errors.append(.forbidden(path.child("securityContext").child(field), problem))
        }
        for field in ["hostUsers", "shareProcessNamespace"] where spec.has(field) {
            errors.append(.forbidden(path.child(field), problem))
        }
        for field in ["hostPID", "hostIPC"] where spec.flag(field) {
            errors.append(.forbidden(path.child(field), problem))
        }
        for (container, path) in allContainers {
            for field in [
                "appArmorProfile", "seLinuxOptions", "seccompProfile", "capabilities", "readOnlyRootFilesystem",
                "privileged", "allowPrivilegeEscalation", "procMount", "runAsUser", "runAsGroup",
            ] where container["securityContext"]?.has(field) == true {
                errors.append(.forbidden(path.child("securityContext").child(field), problem))
            }
        }
        return errors
    }
}
