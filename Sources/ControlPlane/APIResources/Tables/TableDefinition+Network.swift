import APIObjects
import JSONStream

extension TableDefinition {
    static let endpoints = TableDefinition(
        columns: [.name, Column(name: "Endpoints", description: "Addresses with their ports."), .age]
    ) { object, now in
        [name(object), .string(addresses(object.items("subsets"))), age(object, now)]
    }

    /// The first three of each port, and how many more there are.
    private static func addresses(_ subsets: [JSONValue]) -> String {
        guard !subsets.isEmpty else { return "<none>" }
        var found: [String] = []
        for subset in subsets {
            let ips = subset.items("addresses").map { $0.text("ip") }
            let ports = subset.items("ports")
            if ports.isEmpty {
                found += ips
                continue
            }
            for port in ports {
                found += ips.map {
                    $0.contains(":") ? "[\($0)]:\(port.number("port"))" : "\($0):\(port.number("port"))"
                }
            }
        }
        guard !found.isEmpty else { return "<none>" }
        let shown = found.prefix(3).joined(separator: ",")
        return found.count > 3 ? "\(shown) + \(found.count - 3) more..." : shown
    }

    static let ingresses = TableDefinition(
        columns: [
            .name, Column(name: "Class", description: "The IngressClass."),
            Column(name: "Hosts", description: "Names that the rules are for."),
            Column(name: "Address", description: "Where the load balancer is."),
            Column(name: "Ports", description: "Ports that are open."), .age,
        ]
    ) { object, now in
        let spec = object["spec"] ?? [:]
        let hosts = spec.items("rules").map { $0.text("host") }.filter { !$0.isEmpty }
        let shown = hosts.prefix(3).joined(separator: ",") + (hosts.count > 3 ? " + \(hosts.count - 3) more..." : "")
        let points = (object["status"]?["loadBalancer"]?.items("ingress") ?? []).map {
            $0.text("ip").isEmpty ? $0.text("hostname") : $0.text("ip")
        }.filter { !$0.isEmpty }
        return [
            name(object), .string(spec["ingressClassName"]?.stringValue ?? "<none>"),
            .string(hosts.isEmpty ? "*" : shown), .string(points.joined(separator: ",")),
            .string(spec.items("tls").isEmpty ? "80" : "80, 443"), age(object, now),
        ]
    }

    static let ingressClasses = TableDefinition(
        columns: [
            .name, Column(name: "Controller", description: "Who is responsible."),
            Column(name: "Parameters", description: "Settings."), .age,
        ]
    ) { object, now in
        let spec = object["spec"] ?? [:]
        let parameters = spec["parameters"].map { parameters in
            let group = parameters["apiGroup"]?.stringValue.map { ".\($0)" } ?? ""
            return "\(parameters.text("kind"))\(group)/\(parameters.text("name"))"
        }
        return [
            name(object), .string(spec.text("controller")), .string(parameters ?? "<none>"), age(object, now),
        ]
    }

    static let networkPolicies = TableDefinition(
        columns: [.name, Column(name: "Pod-Selector", description: "The pods that it is for."), .age]
    ) { object, now in
        [name(object), selectorText(object["spec"]?["podSelector"]), age(object, now)]
    }

    static let ipAddresses = TableDefinition(
        columns: [.name, Column(name: "ParentRef", description: "The object that the address is for."), .age]
    ) { object, now in
        let parent = object["spec"]?["parentRef"] ?? [:]
        let group = parent.text("group")
        let path = [
            "\(parent.text("resource"))\(group.isEmpty ? "" : ".\(group)")", parent.text("namespace"),
            parent.text("name"),
        ]
        return [
            name(object), .string(path.filter { !$0.isEmpty }.joined(separator: "/")), age(object, now),
        ]
    }
}
