package import APIObjects
package import JSONStream
import NetworkAddress

extension ResourceDefinition {
    package static let services = ResourceDefinition(
        "services", createsOnUpdate: true, returnsDeletedObject: true, strategy: ServiceStrategy())
}

/// Defaults and life cycle of Services; validation and allocation are in extensions.
package struct ServiceStrategy: ResourceStrategy {
    package func applyDefaults(_ object: inout JSONValue) {
        var spec = object["spec"] ?? [:]
        if spec.text("sessionAffinity").isEmpty { spec["sessionAffinity"] = "None" }
        if spec.text("sessionAffinity") == "None" { spec["sessionAffinityConfig"] = nil }
        if spec.text("sessionAffinity") == "ClientIP",
            spec["sessionAffinityConfig"]?["clientIP"]?["timeoutSeconds"] == nil
        {
            spec["sessionAffinityConfig"] = ["clientIP": ["timeoutSeconds": 10800]]
        }
        if spec.text("type").isEmpty { spec["type"] = "ClusterIP" }
        if case .array(let ports)? = spec["ports"] { spec["ports"] = .array(ports.map(Self.defaulted)) }
        if Self.isExternallyAccessible(spec), spec.text("externalTrafficPolicy").isEmpty {
            spec["externalTrafficPolicy"] = "Cluster"
        }
        let type = spec.text("type")
        if spec["internalTrafficPolicy"] == nil, ["NodePort", "LoadBalancer", "ClusterIP"].contains(type) {
            spec["internalTrafficPolicy"] = "Cluster"
        }
        if type == "LoadBalancer" {
            if spec["allocateLoadBalancerNodePorts"] == nil { spec["allocateLoadBalancerNodePorts"] = true }
            defaultIngress(&object)
        }
        object["spec"] = spec
    }

    private static func defaulted(_ port: JSONValue) -> JSONValue {
        var port = port
        if port.text("protocol").isEmpty { port["protocol"] = "TCP" }
        switch port["targetPort"] {
        case .integer(0)?, .string("")?, nil: port["targetPort"] = port["port"]
        default: break
        }
        return port
    }

    private func defaultIngress(_ object: inout JSONValue) {
        guard case .array(let ingress)? = object["status"]?["loadBalancer"]?["ingress"] else { return }
        var status = object["status"] ?? [:]
        var loadBalancer = status["loadBalancer"] ?? [:]
        loadBalancer["ingress"] = .array(
            ingress.map { entry in
                guard !entry.text("ip").isEmpty, entry["ipMode"] == nil else { return entry }
                var entry = entry
                entry["ipMode"] = "VIP"
                return entry
            })
        status["loadBalancer"] = loadBalancer
        object["status"] = status
    }

    // MARK: What a spec needs

    static func isExternallyAccessible(_ spec: JSONValue) -> Bool {
        switch spec.text("type") {
        case "LoadBalancer", "NodePort": true
        case "ClusterIP": !spec.items("externalIPs").isEmpty
        default: false
        }
    }

    static func isHeadless(_ spec: JSONValue) -> Bool { spec.items("clusterIPs").first == "None" }

    static func needsClusterIP(_ spec: JSONValue) -> Bool {
        ["ClusterIP", "NodePort", "LoadBalancer"].contains(spec.text("type"))
    }

    static func needsNodePorts(_ spec: JSONValue) -> Bool { ["NodePort", "LoadBalancer"].contains(spec.text("type")) }

    static func needsHealthCheckPort(_ spec: JSONValue) -> Bool {
        spec.text("type") == "LoadBalancer" && spec.text("externalTrafficPolicy") == "Local"
    }

    static func nodePorts(_ spec: JSONValue) -> [Int] {
        spec.items("ports").map { Int($0.number("nodePort")) }.filter { $0 != 0 }
    }

    // MARK: Life cycle

    package func prepareForCreate(_ object: inout JSONValue, _ context: AdmissionContext) {
        object["status"] = ["loadBalancer": [:]]
    }

    package func prepareForUpdate(_ object: inout JSONValue, old: JSONValue, _ context: AdmissionContext) {
        object["status"] = old["status"]
        if object["spec"]?.text("type") != "LoadBalancer" {
            var status = object["status"] ?? [:]
            status["loadBalancer"] = [:]
            object["status"] = status
        }
        dropDependentFields(&object, old: old["spec"] ?? [:])
    }

    /// Removes what the old type needed and the new one must not have, where the client left it as it was.
    private func dropDependentFields(_ object: inout JSONValue, old: JSONValue) {
        var spec = object["spec"] ?? [:]
        if Self.needsClusterIP(old), !Self.needsClusterIP(spec), spec["clusterIP"] == old["clusterIP"],
            spec["clusterIPs"] == old["clusterIPs"]
        {
            spec["clusterIP"] = nil
            spec["clusterIPs"] = nil
            if spec["ipFamilies"] == old["ipFamilies"] { spec["ipFamilies"] = nil }
            if spec["ipFamilyPolicy"] == old["ipFamilyPolicy"] { spec["ipFamilyPolicy"] = nil }
        }
        if Self.needsNodePorts(old), !Self.needsNodePorts(spec),
            Self.nodePorts(old).sorted() == Self.nodePorts(spec).sorted()
        {
            spec["ports"] = spec["ports"]?.arrayValue.map { ports in
                .array(
                    ports.map { port in
                        var port = port
                        port["nodePort"] = nil
                        return port
                    })
            }
        }
        if Self.needsHealthCheckPort(old), !Self.needsHealthCheckPort(spec),
            spec["healthCheckNodePort"] == old["healthCheckNodePort"]
        {
            spec["healthCheckNodePort"] = nil
        }
        if old.text("type") == "LoadBalancer", spec.text("type") != "LoadBalancer" {
            for field in ["allocateLoadBalancerNodePorts", "loadBalancerClass"] where spec[field] == old[field] {
                spec[field] = nil
            }
        }
        if Self.isExternallyAccessible(old), !Self.isExternallyAccessible(spec),
            spec["externalTrafficPolicy"] == old["externalTrafficPolicy"]
        {
            spec["externalTrafficPolicy"] = nil
        }
        object["spec"] = spec
    }

    package func validateName(_ name: String) -> [String] { Names.dnsLabel(name) }

    package func validateCreate(_ object: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        ServiceValidation(object).validate()
    }

    package func validateUpdate(_ object: JSONValue, old: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        let validation = ServiceValidation(object)
        return validation.validateChange(from: old) + validation.validate()
    }

    package func validateStatusUpdate(_ object: JSONValue, old: JSONValue) -> [FieldError] {
        ServiceValidation(object).validateStatus()
    }

    package var selectableFields: [String] { ["spec.clusterIP", "spec.type"] }

    package func selectableField(_ label: String, of object: JSONValue) -> String? {
        switch label {
        case "spec.clusterIP": object["spec"]?.text("clusterIP") ?? ""
        case "spec.type": object["spec"]?.text("type") ?? ""
        default: nil
        }
    }

    package var table: TableDefinition { .services }
}
