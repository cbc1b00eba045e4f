import KubeAPI
import NetworkAddress

/// Validates a Service and turns it into a ``ParsedService``, collecting problems.
struct ServiceParser {
    let service: Service
    let configuration: ServiceModelConfiguration
    private let families: [IPFamily]
    private(set) var problems: [ServiceProblem] = []

    init(_ service: Service, configuration: ServiceModelConfiguration) {
        self.service = service
        self.configuration = configuration
        families = configuration.orderedFamilies
    }

    private var spec: Service.Spec { service.spec }

    /// nil if the Service is none that is proxied, or has nothing that can be.
    mutating func parse() -> ParsedService? {
        // Headless, not allocated yet, or a DNS alias.
        if spec.clusterIP.isEmpty || spec.clusterIP == "None" || spec.type == "ExternalName" { return nil }
        var parsed = ParsedService()
        parsed.created = service.metadata.creationTimestamp
        parsed.uid = service.metadata.uid
        parsed.families = clusterIPs().map { ParsedService.Family(clusterIP: $0) }
        parsed.ports = ports()
        if configuration.servesExternalIPs { readExternalIPs(into: &parsed) }
        readLoadBalancer(into: &parsed)
        readPolicies(into: &parsed)
        readAffinity(into: &parsed)
        readAnnotations(into: &parsed)
        return parsed.families.isEmpty || parsed.ports.isEmpty ? nil : parsed
    }

    private mutating func report(_ reason: ServiceProblem.Reason, _ field: String, _ text: String) {
        problems.appendBounded(
            ServiceProblem(
                kind: .service, key: service.metadata.key, uid: service.metadata.uid, reason: reason,
                message: "\(field): \(text)"))
    }

    // MARK: Addresses

    private mutating func clusterIPs() -> [IPAddress] {
        if spec.ipFamilies.isEmpty {
            guard let ip = clusterIP(spec.clusterIP, field: "spec.clusterIP") else { return [] }
            return families.contains(ip.family) ? [ip] : []
        }
        var found: [IPAddress] = []
        for (index, name) in spec.ipFamilies.enumerated() {
            guard let family = IPFamily(rawValue: name) else {
                report(.invalidField, "spec.ipFamilies[\(index)]", "\"\(name)\" is not IPv4 or IPv6; ignored")
                continue
            }
            // Servers before dual stack wrote the first address alone.
            let text =
                index < spec.clusterIPs.count ? spec.clusterIPs[index] : index == 0 ? spec.clusterIP : ""
            let field = "spec.clusterIPs[\(index)]"
            guard families.contains(family), !text.isEmpty, text != "None",
                let ip = clusterIP(text, field: field)
            else { continue }
            if ip.family != family {
                report(
                    .incorrectIPVersion, field, "\(ip) is no \(name) address; the Service is not proxied for \(name)")
            } else if !found.contains(where: { $0.family == family }) {
                found.append(ip)
            }
        }
        return found.sorted { $0.family < $1.family }
    }

    private mutating func clusterIP(_ text: String, field: String) -> IPAddress? {
        guard let ip = IPAddress(text) else {
            report(.invalidAddress, field, "\"\(text)\" is not an IP address; the Service is not proxied there")
            return nil
        }
        guard ip.canBeVirtual else {
            report(.invalidAddress, field, "\(ip) cannot be the address of a Service; it is not proxied there")
            return nil
        }
        return ip
    }

    private mutating func readExternalIPs(into parsed: inout ParsedService) {
        for (index, text) in spec.externalIPs.enumerated() {
            let field = "spec.externalIPs[\(index)]"
            guard let ip = IPAddress(text) else {
                report(.invalidAddress, field, "\"\(text)\" is not an IP address; ignored")
                continue
            }
            guard ip.canBeEndpoint else {
                report(.invalidAddress, field, "\(ip) is a special address; ignored")
                continue
            }
            guard let index = parsed.families.firstIndex(where: { $0.family == ip.family }) else { continue }
            let family = parsed.families[index]
            if ip != family.clusterIP, !family.externalIPs.contains(ip) {
                parsed.families[index].externalIPs.append(ip)
            }
        }
    }

    private mutating func readLoadBalancer(into parsed: inout ParsedService) {
        for (index, ingress) in service.loadBalancerIngress.enumerated() where !ingress.ip.isEmpty {
            if let mode = ingress.ipMode, mode != "VIP" { continue }
            guard let ip = IPAddress(ingress.ip), ip.canBeVirtual else {
                let field = "status.loadBalancer.ingress[\(index)].ip"
                report(.invalidAddress, field, "\"\(ingress.ip)\" cannot be the address of a load balancer; ignored")
                continue
            }
            guard let index = parsed.families.firstIndex(where: { $0.family == ip.family }) else { continue }
            let family = parsed.families[index]
            guard ip != family.clusterIP, !family.loadBalancerVIPs.contains(ip) else { continue }
            parsed.families[index].loadBalancerVIPs.append(ip)
            parsed.families[index].externalIPs.removeAll { $0 == ip }
        }
        for (index, text) in spec.loadBalancerSourceRanges.enumerated() {
            // The server lets white space pass.
            guard let network = IPNetwork(text.trimmed) else {
                let field = "spec.loadBalancerSourceRanges[\(index)]"
                report(.invalidAddress, field, "\"\(text)\" is not a CIDR; ignored")
                continue
            }
            guard let index = parsed.families.firstIndex(where: { $0.family == network.family }),
                !parsed.families[index].loadBalancerSourceRanges.contains(network)
            else { continue }
            parsed.families[index].loadBalancerSourceRanges.append(network)
        }
    }

    // MARK: Ports

    private mutating func ports() -> [ParsedService.Port] {
        var ports: [ParsedService.Port] = []
        for (index, port) in spec.ports.enumerated() {
            let field = "spec.ports[\(index)]"
            guard let number = UInt16(exactly: port.port), number != 0 else {
                report(.invalidPort, field + ".port", "\(port.port) is not a port (1-65535); this port is not proxied")
                continue
            }
            guard let transport = TransportProtocol(apiName: port.transport.isEmpty ? "TCP" : port.transport) else {
                report(
                    .invalidProtocol, field + ".protocol",
                    "\"\(port.transport)\" is not TCP, UDP or SCTP; this port is not proxied")
                continue
            }
            let isTaken = ports.contains {
                $0.transport == transport && ($0.port == number || $0.name == port.name)
            }
            guard !isTaken else {
                report(
                    .duplicatePort, field,
                    "an earlier port has the same name or number for \(transport.apiName); this port is not proxied")
                continue
            }
            let nodePort = nodePort(port, transport, field, after: ports)
            ports.append(.init(name: port.name, transport: transport, port: number, nodePort: nodePort))
        }
        return ports
    }

    private mutating func nodePort(
        _ port: Service.Port, _ transport: TransportProtocol, _ field: String, after ports: [ParsedService.Port]
    ) -> UInt16 {
        guard port.nodePort != 0 else { return 0 }
        guard let number = UInt16(exactly: port.nodePort) else {
            report(.invalidPort, field + ".nodePort", "\(port.nodePort) is not a port (1-65535); ignored")
            return 0
        }
        if ports.contains(where: { $0.transport == transport && $0.nodePort == number }) {
            report(.duplicatePort, field + ".nodePort", "an earlier port has node port \(number) already; ignored")
            return 0
        }
        return number
    }

    // MARK: Policies

    private mutating func readPolicies(into parsed: inout ParsedService) {
        parsed.internalPolicyLocal = isLocal(spec.internalTrafficPolicy, field: "spec.internalTrafficPolicy")
        let isExternal =
            spec.type == "LoadBalancer" || spec.type == "NodePort"
            || (spec.type.isEmpty || spec.type == "ClusterIP") && !spec.externalIPs.isEmpty
        parsed.externalPolicyLocal =
            isLocal(spec.externalTrafficPolicy, field: "spec.externalTrafficPolicy") && isExternal
        guard parsed.externalPolicyLocal, spec.type == "LoadBalancer" else { return }
        let field = "spec.healthCheckNodePort"
        guard let port = UInt16(exactly: spec.healthCheckNodePort), port != 0 else {
            report(
                .invalidPort, field, "\(spec.healthCheckNodePort) is not a port (1-65535); no health check is served")
            return
        }
        if parsed.ports.contains(where: { $0.transport == .tcp && $0.nodePort == port }) {
            report(.duplicatePort, field, "\(port) is a node port of this Service too; no health check is served")
            return
        }
        parsed.healthCheckNodePort = port
    }

    private mutating func isLocal(_ policy: String, field: String) -> Bool {
        switch policy {
        case "Local": return true
        case "", "Cluster": return false
        default:
            report(.invalidField, field, "\"\(policy)\" is not Cluster or Local; taken as Cluster")
            return false
        }
    }

    private mutating func readAffinity(into parsed: inout ParsedService) {
        switch spec.sessionAffinity {
        case "", "None": return
        case "ClientIP":
            let seconds = spec.affinityTimeoutSeconds ?? Self.defaultAffinityTimeout
            if (1...86400).contains(seconds) {
                parsed.affinityTimeout = UInt32(seconds)
            } else {
                report(
                    .invalidField, "spec.sessionAffinityConfig.clientIP.timeoutSeconds",
                    "\(seconds) is not within 1-86400; taken as \(Self.defaultAffinityTimeout)")
                parsed.affinityTimeout = UInt32(Self.defaultAffinityTimeout)
            }
        default:
            report(
                .invalidField, "spec.sessionAffinity", "\"\(spec.sessionAffinity)\" is not None or ClientIP; ignored")
        }
    }

    private mutating func readAnnotations(into parsed: inout ParsedService) {
        let annotations = service.metadata.annotations
        guard !annotations.isEmpty else { return }
        parsed.annotations = annotations.filter { configuration.annotations.contains($0.key) }
        guard !configuration.weightAnnotations.isEmpty else { return }
        if let text = annotations[CanaryShare.annotation] {
            parsed.canary = CanaryShare(parsing: text.trimmed)
            if parsed.canary == nil {
                report(
                    .invalidField, "metadata.annotations[\(CanaryShare.annotation)]",
                    "\"\(text.prefix(200))\" is not a percentage such as 5% or 0.25%, with labels of pods behind it, such "
                        + "as 5% track=canary, where no slice has the label; ignored")
            }
        }
        if let text = annotations[SlowStart.annotation] {
            parsed.slowStart = SlowStart(parsing: text.trimmed)
            if parsed.slowStart == nil {
                report(
                    .invalidField, "metadata.annotations[\(SlowStart.annotation)]",
                    "\"\(text.prefix(100))\" is not a time from 1s to 1h, such as 30s; new endpoints get their whole share "
                        + "at once")
            }
        }
        if let text = annotations[EjectionRule.annotation] {
            var faults: [String] = []
            parsed.ejection = EjectionRule(parsing: text) { faults.append($0) }
            for fault in faults { report(.invalidField, "metadata.annotations[\(EjectionRule.annotation)]", fault) }
        }
        guard let name = configuration.weightAnnotations.first(where: { annotations[$0] != nil }),
            let text = annotations[name]
        else { return }
        var faults: [String] = []
        let weights = EndpointWeights(parsing: text) { faults.append($0) }
        for fault in faults { report(.invalidField, "metadata.annotations[\(name)]", fault) }
        if !weights.isEmpty { parsed.weights = weights }
    }

    /// core/v1 DefaultClientIPServiceAffinitySeconds.
    private static let defaultAffinityTimeout: Int32 = 10800
}

extension IPAddress {
    /// Whether traffic to it may be redirected: not to an address that means "this host" or "this link" everywhere.
    var canBeEndpoint: Bool { canBeVirtual && !isLinkLocal }

    var canBeVirtual: Bool {
        !(isLoopback || isUnspecified || isMulticast || family == .ipv4 && value == 0xFFFF_FFFF)
    }
}

extension StringProtocol {
    /// Without white space at both ends.
    package var trimmed: String {
        let isSpace: (Character) -> Bool = \.isWhitespace
        return String(drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    }
}
