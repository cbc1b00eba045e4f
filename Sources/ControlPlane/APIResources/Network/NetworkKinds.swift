package import APIObjects
import APIPods
import JSONStream
import KubeSchema
import NetworkAddress

extension ResourceDefinition {
    private static let group = "networking.k8s.io"

    package static let ipAddresses = ResourceDefinition(
        "ipaddresses", group: group,
        strategy: PlainStrategy(
            table: .ipAddresses,
            nameRule: { name in
                IPAddress(name).map { $0.description == name } == true
                    ? [] : ["must be a valid IP address in canonical form"]
            },
            rules: { object, old in
                let path = FieldPath("spec.parentRef")
                guard let parent = object["spec"]?["parentRef"], !parent.isNull else { return [.required(path)] }
                return VolumeValidation.required(parent, ["resource", "name"], path)
                    + (old.map { $0["spec"] == object["spec"] } ?? true
                        ? [] : [.invalid(path, parent, FieldError.immutable)])
            }))

    static let ingresses = ResourceDefinition(
        "ingresses", group: group,
        strategy: PlainStrategy(
            table: .ingresses, countsGenerations: true, rules: { object, _ in IngressRules.validate(object) },
            status: KubeSchema["networking.v1.IngressStatus"]))

    static let ingressClasses = ResourceDefinition(
        "ingressclasses", group: group,
        strategy: PlainStrategy(
            table: .ingressClasses, countsGenerations: true,
            defaults: { object in
                object.edit("spec") { spec in spec.edit("parameters") { $0.setDefault("scope", "Cluster") } }
            },
            rules: { object, old in
                guard let old else { return IngressClassRules.validate(object["spec"] ?? [:]) }
                let (controller, before) = (object["spec"]?.text("controller"), old["spec"]?.text("controller"))
                return IngressClassRules.parameters(object["spec"] ?? [:])
                    + (controller == before
                        ? []
                        : [
                            .invalid(
                                FieldPath("spec.controller"), .string(controller ?? ""), FieldError.immutable)
                        ])
            }, metadataRules: MetadataRules(update: .change)))

    static let networkPolicies = ResourceDefinition(
        "networkpolicies", group: group,
        strategy: PlainStrategy(
            table: .networkPolicies, countsGenerations: true, defaults: NetworkPolicyRules.applyDefaults,
            rules: { object, _ in NetworkPolicyRules.validate(object) },
            metadataRules: MetadataRules(update: .wholeAndChange)))
}

enum NetworkPolicyRules {
    static func applyDefaults(_ object: inout JSONValue) {
        object.edit("spec") { spec in
            for rules in ["ingress", "egress"] {
                spec.editItems(rules) { rule in
                    rule.editItems("ports") { port in if port["protocol"] == nil { port["protocol"] = "TCP" } }
                }
            }
            guard spec.items("policyTypes").isEmpty else { return }
            spec["policyTypes"] = spec.items("egress").isEmpty ? ["Ingress"] : ["Ingress", "Egress"]
        }
    }

    static func validate(_ object: JSONValue) -> [FieldError] {
        let spec = object["spec"] ?? [:]
        let path = FieldPath("spec")
        var errors = LabelSelectorValidation.validate(spec["podSelector"], path.child("podSelector"))
        for (rules, peers) in [("ingress", "from"), ("egress", "to")] {
            for (index, rule) in spec.items(rules).enumerated() {
                let item = path.child(rules).index(index)
                for (number, port) in rule.items("ports").enumerated() {
                    errors += self.port(port, item.child("ports").index(number))
                }
                for (number, peer) in rule.items(peers).enumerated() {
                    errors += self.peer(peer, item.child(peers).index(number))
                }
            }
        }
        let types = spec.strings("policyTypes")
        if types.count > 2 {
            return errors + [
                .invalid(
                    path.child("policyTypes"), spec["policyTypes"] ?? [], "may not specify more than two policyTypes")
            ]
        }
        for (index, type) in types.enumerated() where !["Egress", "Ingress"].contains(type) {
            errors.append(
                .notSupported(path.child("policyTypes").index(index), .string(type), ["Egress", "Ingress"]))
        }
        return errors
    }

    private static func port(_ port: JSONValue, _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        let transport = port.text("protocol")
        if !["SCTP", "TCP", "UDP"].contains(transport) {
            errors.append(.notSupported(path.child("protocol"), .string(transport), ["SCTP", "TCP", "UDP"]))
        }
        if let number = port["port"] { errors += AddressValidation.portOrName(number, path.child("port")) }
        guard let end = port["endPort"]?.integerValue else { return errors }
        guard let number = port["port"]?.integerValue else {
            return errors + [.required(path.child("port"), "must be specified when `endPort` is specified")]
        }
        if end < number {
            errors.append(
                .invalid(path.child("endPort"), .integer(end), "must be greater than or equal to `port`"))
        }
        return errors + AddressValidation.port(end, path.child("endPort"))
    }

    private static func peer(_ peer: JSONValue, _ path: FieldPath) -> [FieldError] {
        let kinds = ["podSelector", "namespaceSelector", "ipBlock"].filter { peer.has($0) }
        if kinds.isEmpty { return [.required(path, "must specify a peer")] }
        if kinds.count > 1, kinds.contains("ipBlock") {
            return [
                .forbidden(path, "may not specify both ipBlock and another peer")
            ]
        }
        var errors: [FieldError] = []
        for selector in ["podSelector", "namespaceSelector"] {
            errors += LabelSelectorValidation.validate(peer[selector], path.child(selector))
        }
        guard let block = peer["ipBlock"], !block.isNull else { return errors }
        let field = path.child("ipBlock")
        guard !block.text("cidr").isEmpty else { return errors + [.required(field.child("cidr"))] }
        errors += AddressValidation.cidr(block.text("cidr"), field.child("cidr"))
        guard let whole = IPNetwork(block.text("cidr")) else { return errors }
        for (index, range) in block.strings("except").enumerated() {
            let item = field.child("except").index(index)
            errors += AddressValidation.cidr(range, item)
            guard let part = IPNetwork(range) else { continue }
            if !whole.contains(part) || whole == part {
                errors.append(.invalid(item, .string(range), "must be a strict subset of `cidr`"))
            }
        }
        return errors
    }
}
