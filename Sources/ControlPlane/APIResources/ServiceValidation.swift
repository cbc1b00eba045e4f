import APIObjects
import JSONStream
import KubeSchema
import NetworkAddress

/// What a Service must be like; the rules and their order are those of upstream's ValidateService.
struct ServiceValidation {
    private static let sourceRangesAnnotation = "service.beta.kubernetes.io/load-balancer-source-ranges"
    private static let path = FieldPath("spec")

    private let object: JSONValue
    private let spec: JSONValue
    private let type: String
    private var path: FieldPath { Self.path }
    private let ports: [JSONValue]

    init(_ object: JSONValue) {
        self.object = object
        spec = object["spec"] ?? [:]
        type = spec.text("type")
        ports = spec.items("ports")
    }

    private var isHeadless: Bool { ServiceStrategy.isHeadless(spec) }

    func validate() -> [FieldError] {
        var errors = validateTopologyAnnotations()
        if ports.isEmpty, !isHeadless, type != "ExternalName" { errors.append(.required(path.child("ports"))) }
        errors += validateType()
        errors += validatePorts()
        errors += MetadataValidation.labels(spec["selector"], path.child("selector"))
        errors += validateAffinity()
        errors += Self.clusterIPFields(spec)
        for (index, address) in spec.strings("externalIPs").enumerated() {
            errors += AddressValidation.plain(address, path.child("externalIPs").index(index))
        }
        errors += validateTypeName()
        errors += validatePortUse()
        errors += validateSourceRanges()
        let allocate = spec["allocateLoadBalancerNodePorts"]
        if allocate != nil, type != "LoadBalancer" {
            errors.append(
                .forbidden(
                    path.child("allocateLoadBalancerNodePorts"), "may only be used when `type` is 'LoadBalancer'"))
        }
        errors += validateLoadBalancerClass()
        errors += validateTrafficPolicies()
        return errors
    }

    /// The old and the new name of the setting must not contradict each other.
    private func validateTopologyAnnotations() -> [FieldError] {
        let hints = "service.kubernetes.io/topology-aware-hints"
        let mode = "service.kubernetes.io/topology-mode"
        let annotations = object["metadata"]?["annotations"]
        guard let old = annotations?[hints], let new = annotations?[mode], old != new else { return [] }
        return [
            .invalid(
                FieldPath("metadata.annotations").key(mode), new,
                "must match annotations[\(hints)] when both are specified")
        ]
    }

    private func validateType() -> [FieldError] {
        let first = path.child("clusterIPs").index(0)
        switch type {
        case "LoadBalancer" where isHeadless:
            return [.invalid(first, "None", "may not be set to 'None' for LoadBalancer services")]
        case "NodePort" where isHeadless:
            return [.invalid(first, "None", "may not be set to 'None' for NodePort services")]
        case "ExternalName":
            var errors: [FieldError] = []
            for field in ["clusterIPs", "ipFamilies", "ipFamilyPolicy"] where spec[field] != nil {
                errors.append(.forbidden(path.child(field), "may not be set for ExternalName services"))
            }
            var name = spec.text("externalName")
            if name.hasSuffix(".") { name.removeLast() }
            if name.isEmpty {
                errors.append(.required(path.child("externalName")))
            } else {
                errors += Names.dnsSubdomain(name).map { .invalid(path.child("externalName"), .string(name), $0) }
            }
            return errors
        default:
            return []
        }
    }

    private func validateTypeName() -> [FieldError] {
        let types = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"]
        return types.contains(type) ? [] : [.notSupported(path.child("type"), .string(type), types)]
    }

    private func validatePorts() -> [FieldError] {
        var errors: [FieldError] = []
        var names: Set<String> = []
        for (index, port) in ports.enumerated() {
            let item = path.child("ports").index(index)
            let name = port.text("name")
            if name.isEmpty {
                if ports.count > 1 { errors.append(.required(item.child("name"))) }
            } else {
                errors += Names.dnsLabel(name).map { .invalid(item.child("name"), .string(name), $0) }
                if !names.insert(name).inserted { errors.append(.duplicate(item.child("name"), .string(name))) }
            }
            errors += AddressValidation.port(port.number("port"), item.child("port"))
            let transport = port.text("protocol")
            if !["SCTP", "TCP", "UDP"].contains(transport) {
                errors.append(.notSupported(item.child("protocol"), .string(transport), ["SCTP", "TCP", "UDP"]))
            }
            errors += AddressValidation.portOrName(port["targetPort"], item.child("targetPort"))
            if let application = port["appProtocol"]?.stringValue {
                errors += Names.qualifiedName(application).map {
                    .invalid(item.child("appProtocol"), .string(application), $0)
                }
            }
        }
        return errors
    }

    /// Node ports on the wrong type, and ports that are there twice.
    private func validatePortUse() -> [FieldError] {
        var errors: [FieldError] = []
        let portsPath = path.child("ports")
        if type == "ClusterIP" {
            for (index, port) in ports.enumerated() where port.number("nodePort") != 0 {
                errors.append(
                    .forbidden(
                        portsPath.index(index).child("nodePort"), "may not be used when `type` is 'ClusterIP'"))
            }
        }
        var nodePorts: Set<JSONValue> = []
        for (index, port) in ports.enumerated() where port.number("nodePort") != 0 {
            let key: JSONValue = [port["protocol"] ?? "", port["nodePort"] ?? 0]
            if !nodePorts.insert(key).inserted {
                errors.append(.duplicate(portsPath.index(index).child("nodePort"), port["nodePort"] ?? 0))
            }
        }
        var seen: Set<JSONValue> = []
        for (index, port) in ports.enumerated() {
            let shown: JSONValue = ["port": port["port"] ?? 0, "protocol": port["protocol"] ?? "", "targetPort": 0]
            if !seen.insert(shown).inserted { errors.append(.duplicate(portsPath.index(index), shown)) }
        }
        return errors
    }

    private func validateAffinity() -> [FieldError] {
        let affinity = spec.text("sessionAffinity")
        let configPath = path.child("sessionAffinityConfig")
        switch affinity {
        case "None":
            return spec["sessionAffinityConfig"] == nil
                ? [] : [.forbidden(configPath, "must not be set when session affinity is None")]
        case "ClientIP":
            guard let timeout = spec["sessionAffinityConfig"]?["clientIP"]?["timeoutSeconds"]?.integerValue else {
                return [.required(configPath, "when session affinity type is ClientIP")]
            }
            return (1...86400).contains(timeout)
                ? []
                : [
                    .invalid(
                        configPath.child("clientIP").child("timeoutSeconds"), .integer(timeout),
                        "must be greater than 0 and less than 86400")
                ]
        default:
            return [.notSupported(path.child("sessionAffinity"), .string(affinity), ["ClientIP", "None"])]
        }
    }

    private func validateSourceRanges() -> [FieldError] {
        var errors: [FieldError] = []
        let ranges = spec.strings("loadBalancerSourceRanges")
        if !ranges.isEmpty {
            let rangesPath = path.child("LoadBalancerSourceRanges")
            if type != "LoadBalancer" {
                errors.append(.forbidden(rangesPath, "may only be used when `type` is 'LoadBalancer'"))
            }
            for (index, range) in ranges.enumerated() {
                errors += AddressValidation.cidr(range.trimmed, rangesPath.index(index))
            }
        } else if let text = object["metadata"]?["annotations"]?[Self.sourceRangesAnnotation]?.stringValue {
            let annotation = FieldPath("metadata.annotations").key(Self.sourceRangesAnnotation)
            if type != "LoadBalancer" {
                errors.append(.forbidden(annotation, "may only be used when `type` is 'LoadBalancer'"))
            }
            for range in text.split(separator: ",") where !text.trimmed.isEmpty {
                errors += AddressValidation.cidr(String(range).trimmed, annotation)
            }
        }
        return errors
    }

    private func validateLoadBalancerClass() -> [FieldError] {
        guard let name = spec["loadBalancerClass"]?.stringValue else { return [] }
        let classPath = path.child("loadBalancerClass")
        guard type == "LoadBalancer" else {
            return [.forbidden(classPath, "may only be used when `type` is 'LoadBalancer'")]
        }
        return Names.qualifiedName(name).map { .invalid(classPath, .string(name), $0) }
    }

    private func validateTrafficPolicies() -> [FieldError] {
        var errors: [FieldError] = []
        let external = spec.text("externalTrafficPolicy")
        let externalPath = path.child("externalTrafficPolicy")
        if !ServiceStrategy.isExternallyAccessible(spec) {
            if !external.isEmpty {
                errors.append(
                    .invalid(externalPath, .string(external), "may only be set for externally-accessible services"))
            }
        } else if external.isEmpty {
            errors.append(.required(externalPath))
        } else if !["Cluster", "Local"].contains(external) {
            errors.append(.notSupported(externalPath, .string(external), ["Cluster", "Local"]))
        }
        let healthPort = spec.number("healthCheckNodePort")
        let healthPath = path.child("healthCheckNodePort")
        if !ServiceStrategy.needsHealthCheckPort(spec) {
            if healthPort != 0 {
                errors.append(
                    .invalid(
                        healthPath, .integer(healthPort),
                        "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"))
            }
        } else if healthPort == 0 {
            errors.append(.required(healthPath))
        } else {
            errors += AddressValidation.port(healthPort, healthPath)
        }
        if let policy = spec["internalTrafficPolicy"]?.stringValue, !["Cluster", "Local"].contains(policy) {
            errors.append(
                .notSupported(path.child("internalTrafficPolicy"), .string(policy), ["Cluster", "Local"]))
        }
        let distributions = ["PreferClose", "PreferSameZone", "PreferSameNode"]
        if let distribution = spec["trafficDistribution"]?.stringValue, !distributions.contains(distribution) {
            errors.append(
                .notSupported(path.child("trafficDistribution"), .string(distribution), distributions))
        }
        return errors
    }

    // MARK: Cluster IPs and families

    /// The rules for clusterIP, clusterIPs, ipFamilies and ipFamilyPolicy, which also hold before allocation.
    static func clusterIPFields(_ spec: JSONValue) -> [FieldError] {
        guard spec.text("type") != "ExternalName" else { return [] }
        var errors: [FieldError] = []
        let addressesPath = path.child("clusterIPs")
        let address = spec.text("clusterIP")
        let addresses = spec.strings("clusterIPs")
        let whole = spec["clusterIPs"] ?? []
        if address.isEmpty, !addresses.isEmpty {
            errors.append(.invalid(addressesPath, whole, "must be empty when `clusterIP` is not specified"))
        } else if !address.isEmpty, addresses.isEmpty {
            errors.append(.required(addressesPath))
        } else if !address.isEmpty, addresses.first != address {
            errors.append(.invalid(addressesPath, whole, "first value must match `clusterIP`"))
        }
        errors += families(spec)
        var isMalformed = false
        for (index, text) in addresses.enumerated() {
            if index == 0, text == "None" {
                if addresses.count > 1 {
                    isMalformed = true
                    errors.append(.invalid(addressesPath, whole, "'None' must be the first and only value"))
                }
                continue
            }
            let problems = AddressValidation.ip(text, addressesPath.index(index))
            isMalformed = isMalformed || !problems.isEmpty
            errors += problems
        }
        if addresses.count > 2 {
            errors.append(.invalid(addressesPath, whole, "may only hold up to 2 values"))
        }
        guard !isMalformed else { return errors }
        let parsed = addresses.compactMap { IPAddress($0) }
        if addresses.count > 1, Set(parsed.map(\.family)).count < 2 {
            errors.append(.invalid(addressesPath, whole, "may specify no more than one IP for each IP family"))
        }
        for (index, pair) in zip(parsed, spec.strings("ipFamilies")).enumerated()
        where pair.0.family.apiName != pair.1 {
            errors.append(
                .invalid(
                    addressesPath.index(index), .string(addresses[index]),
                    "expected an \(pair.1) value as indicated by `ipFamilies[\(index)]`"))
        }
        return errors
    }

    private static func families(_ spec: JSONValue) -> [FieldError] {
        var errors: [FieldError] = []
        let policies = ["PreferDualStack", "RequireDualStack", "SingleStack"]
        if let policy = spec["ipFamilyPolicy"]?.stringValue, !policies.contains(policy) {
            errors.append(.notSupported(path.child("ipFamilyPolicy"), .string(policy), policies))
        }
        var seen: Set<String> = []
        for (index, family) in spec.strings("ipFamilies").enumerated() {
            let item = path.child("ipFamilies").index(index)
            if !["IPv4", "IPv6"].contains(family) {
                errors.append(.notSupported(item, .string(family), ["IPv4", "IPv6"]))
            }
            if !seen.insert(family).inserted { errors.append(.duplicate(item, .string(family))) }
        }
        return errors
    }

    // MARK: Updates

    /// What may not change.
    func validateChange(from old: JSONValue) -> [FieldError] {
        let before = old["spec"] ?? [:]
        var errors: [FieldError] = []
        let staysAddressed = ServiceStrategy.needsClusterIP(before) && ServiceStrategy.needsClusterIP(spec)
        if staysAddressed {
            errors += unchanged("clusterIPs", from: before)
            // Nothing is allocated for a headless service, so that its families may change.
            let staysHeadless = isHeadless && ServiceStrategy.isHeadless(before)
            if !staysHeadless { errors += unchanged("ipFamilies", from: before) }
        }
        let oldClass = before["loadBalancerClass"]
        if before.text("type") == "LoadBalancer", type == "LoadBalancer", oldClass != spec["loadBalancerClass"] {
            errors.append(
                .invalid(
                    path.child("loadBalancerClass"), spec["loadBalancerClass"] ?? .null, "may not change once set"))
        }
        if ServiceStrategy.needsHealthCheckPort(before), ServiceStrategy.needsHealthCheckPort(spec),
            before["healthCheckNodePort"] != spec["healthCheckNodePort"]
        {
            errors.append(.forbidden(path.child("healthCheckNodePort"), "field is immutable"))
        }
        return errors
    }

    private func unchanged(_ field: String, from before: JSONValue) -> [FieldError] {
        let old = before.items(field)
        let new = spec.items(field)
        var errors: [FieldError] = []
        if let first = old.first, new.first != first {
            if new.isEmpty {
                errors.append(
                    .invalid(path.child(field).index(0), spec[field] ?? .null, "primary \(field) can not be unset"))
            } else {
                errors.append(.invalid(path.child(field).index(0), spec[field] ?? .null, "may not change once set"))
            }
        }
        if old.count > 1, new.count > 1, old[1] != new[1] {
            errors.append(.invalid(path.child(field).index(1), spec[field] ?? .null, "may not change once set"))
        }
        let policy = spec.text("ipFamilyPolicy")
        if old.count > 1, new.count == 1, policy != "SingleStack" {
            errors.append(
                .invalid(
                    path.child("ipFamilyPolicy"), .string(policy), "must be set to 'SingleStack' to release \(field)"))
        }
        return errors
    }

    func validateStatus() -> [FieldError] {
        var errors: [FieldError] = []
        let ingressPath = FieldPath("status.loadBalancer.ingress")
        let ingress = object["status"]?["loadBalancer"]?.items("ingress") ?? []
        if !ingress.isEmpty, type != "LoadBalancer" {
            return [.forbidden(ingressPath, "may only be used when `spec.type` is \"LoadBalancer\"")]
        }
        for (index, entry) in ingress.enumerated() {
            let item = ingressPath.index(index)
            let address = entry.text("ip")
            if !address.isEmpty { errors += AddressValidation.ip(address, item.child("ip")) }
            let mode = entry["ipMode"]?.stringValue
            if address.isEmpty {
                if mode != nil {
                    errors.append(.forbidden(item.child("ipMode"), "may not be specified when `ip` is not set"))
                }
            } else if let mode {
                if !["Proxy", "VIP"].contains(mode) {
                    errors.append(.notSupported(item.child("ipMode"), .string(mode), ["Proxy", "VIP"]))
                }
            } else {
                errors.append(.required(item.child("ipMode"), "must be specified when `ip` is set"))
            }
            let host = entry.text("hostname")
            if !host.isEmpty {
                errors += Names.dnsSubdomain(host).map { .invalid(item.child("hostname"), .string(host), $0) }
                if IPAddress(host) != nil {
                    errors.append(
                        .invalid(item.child("hostname"), .string(host), "must be a DNS name, not an IP address"))
                }
            }
        }
        return errors
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text = text.dropFirst() }
        while text.last?.isWhitespace == true { text = text.dropLast() }
        return String(text)
    }
}

extension IPFamily {
    /// As the API writes it.
    package var apiName: String { self == .ipv4 ? "IPv4" : "IPv6" }
}
