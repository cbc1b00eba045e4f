import APIObjects
import JSONStream

extension TableDefinition {
    static let namespaces = TableDefinition(
        columns: [.name, Column(name: "Status", description: "Active or Terminating."), .age]
    ) { object, now in
        [name(object), .string(object["status"]?.text("phase") ?? ""), age(object, now)]
    }

    static let leases = TableDefinition(
        columns: [.name, Column(name: "Holder", description: "Who holds the lease."), .age]
    ) { object, now in
        [name(object), .string(object["spec"]?.text("holderIdentity") ?? ""), age(object, now)]
    }

    static let serviceCIDRs = TableDefinition(
        columns: [.name, Column(name: "CIDRs", description: "The ranges."), .age]
    ) { object, now in
        let cidrs = object["spec"]?.strings("cidrs") ?? []
        return [name(object), .string(cidrs.joined(separator: ",")), age(object, now)]
    }

    // MARK: Services

    static let services = TableDefinition(
        columns: [
            .name, Column(name: "Type", description: "How the service is exposed."),
            Column(name: "Cluster-IP", description: "The virtual IP."),
            Column(name: "External-IP", description: "Where it can be reached from outside."),
            Column(name: "Port(s)", description: "The ports, with their node ports."), .age,
            Column(name: "Selector", description: "Labels of the endpoints' pods.", priority: 1),
        ]
    ) { object, now in
        let spec = object["spec"] ?? [:]
        let address = spec.items("clusterIPs").first?.stringValue ?? ""
        return [
            name(object), .string(spec.text("type")), .string(address.isEmpty ? "<none>" : address),
            .string(externalAddress(object)), .string(servicePorts(spec)), age(object, now),
            .string(labels(spec["selector"])),
        ]
    }

    static func trimmed(_ text: String) -> String {
        let rest = text.drop(while: \.isWhitespace)
        return String(rest[..<(rest.lastIndex { !$0.isWhitespace }.map { rest.index(after: $0) } ?? rest.startIndex)])
    }

    private static func externalAddress(_ service: JSONValue) -> String {
        let spec = service["spec"] ?? [:]
        let external = spec.strings("externalIPs")
        switch spec.text("type") {
        case "ExternalName":
            return spec.text("externalName")
        case "LoadBalancer":
            let ingress = Set(
                (service["status"]?["loadBalancer"]?.items("ingress") ?? []).map {
                    $0.text("ip").isEmpty ? $0.text("hostname") : $0.text("ip")
                }
            ).sorted()
            let all = ingress + external
            return all.isEmpty ? "<pending>" : all.joined(separator: ",")
        default:
            return external.isEmpty ? "<none>" : external.joined(separator: ",")
        }
    }

    private static func servicePorts(_ spec: JSONValue) -> String {
        let ports = spec.items("ports").map { port in
            let node = port.number("nodePort")
            return "\(port.number("port"))\(node == 0 ? "" : ":\(node)")/\(port.text("protocol"))"
        }
        return ports.isEmpty ? "<none>" : ports.joined(separator: ",")
    }

    static func labels(_ labels: JSONValue?) -> String {
        guard case .object(let members)? = labels, !members.isEmpty else { return "<none>" }
        return members.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.stringValue ?? "")" }
            .joined(separator: ",")
    }

    // MARK: Endpoint slices

    static let endpointSlices = TableDefinition(
        columns: [
            .name, Column(name: "AddressType", description: "The kind of addresses."),
            Column(name: "Ports", description: "The ports of the endpoints."),
            Column(name: "Endpoints", description: "Addresses of the endpoints."), .age,
        ]
    ) { object, now in
        let ports = object.items("ports").map {
            $0["port"]?.integerValue.map(String.init) ?? $0["name"]?.stringValue ?? "*"
        }
        let addresses = object.items("endpoints").flatMap { $0.strings("addresses") }
        return [
            name(object), .string(object.text("addressType")), .string(shortened(ports)),
            .string(shortened(addresses)), age(object, now),
        ]
    }

    /// The first three, and how many more there are.
    private static func shortened(_ items: [String]) -> String {
        if items.isEmpty { return "<unset>" }
        let shown = items.prefix(3).joined(separator: ",")
        return items.count > 3 ? "\(shown) + \(items.count - 3) more..." : shown
    }

    // MARK: Nodes

    static let nodes = TableDefinition(
        columns: [
            .name, Column(name: "Status", description: "Whether the node is ready."),
            Column(name: "Roles", description: "The roles of the node."), .age,
            Column(name: "Version", description: "The version of its kubelet."),
            Column(name: "Internal-IP", description: "Its address in the cluster.", priority: 1),
            Column(name: "External-IP", description: "Its address outside.", priority: 1),
            Column(name: "OS-Image", description: "Its operating system.", priority: 1),
            Column(name: "Kernel-Version", description: "Its kernel.", priority: 1),
            Column(name: "Container-Runtime", description: "Its container runtime.", priority: 1),
        ]
    ) { object, now in
        let info = object["status"]?["nodeInfo"] ?? [:]
        func known(_ field: String) -> JSONValue {
            let text = info.text(field)
            return .string(text.isEmpty ? "<unknown>" : text)
        }
        return [
            name(object), .string(nodeStatus(object)), .string(nodeRoles(object)), age(object, now),
            .string(info.text("kubeletVersion")), .string(nodeAddress(object, "InternalIP")),
            .string(nodeAddress(object, "ExternalIP")), known("osImage"), known("kernelVersion"),
            known("containerRuntimeVersion"),
        ]
    }

    private static func nodeStatus(_ node: JSONValue) -> String {
        let ready = node["status"]?.items("conditions").first { $0.text("type") == "Ready" }
        var status = ready.map { $0.text("status") == "True" ? "Ready" : "NotReady" } ?? "Unknown"
        if node["spec"]?["unschedulable"]?.boolValue == true { status += ",SchedulingDisabled" }
        return status
    }

    private static func nodeRoles(_ node: JSONValue) -> String {
        let prefix = "node-role.kubernetes.io/"
        var roles: Set<String> = []
        for (key, value) in node["metadata"]?["labels"]?.objectValue ?? [:] {
            if key.hasPrefix(prefix), key.count > prefix.count { roles.insert(String(key.dropFirst(prefix.count))) }
            if key == "kubernetes.io/role", let role = value.stringValue, !role.isEmpty { roles.insert(role) }
        }
        return roles.isEmpty ? "<none>" : roles.sorted().joined(separator: ",")
    }

    private static func nodeAddress(_ node: JSONValue, _ type: String) -> String {
        let address = node["status"]?.items("addresses").first { $0.text("type") == type }
        return address?.text("address") ?? "<none>"
    }

    // MARK: Events

    static func events(isGroup: Bool) -> TableDefinition {
        TableDefinition(
            columns: [
                Column(name: "Last Seen", description: "When it was last seen."),
                Column(name: "Type", description: "Normal or Warning."),
                Column(name: "Reason", description: "Why, in a word."),
                Column(name: "Object", description: "What it is about."),
                Column(name: "Subobject", description: "The part that it is about.", priority: 1),
                Column(name: "Source", description: "Who saw it.", priority: 1),
                Column(name: "Message", description: "What happened."),
                Column(name: "First Seen", description: "When it was first seen.", priority: 1),
                Column(name: "Count", description: "How often it was seen.", priority: 1),
                Column(name: "Name", format: "name", description: "The name of the event.", priority: 1),
            ]
        ) { object, now in
            let event = isGroup ? EventConversion.conversion.toStorage(object) : object
            let first = firstText(event.text("firstTimestamp"), event.text("eventTime"))
            let last = firstText(
                event["series"]?.text("lastObservedTime") ?? "", event.text("lastTimestamp"), first)
            let source = event["source"] ?? [:]
            let component = firstText(source.text("component"), event.text("reportingComponent"))
            let host = firstText(source.text("host"), event.text("reportingInstance"))
            let involved = event["involvedObject"] ?? [:]
            let count = event["series"]?.number("count") ?? event.number("count")
            return [
                since(last, now), .string(event.text("type")), .string(event.text("reason")),
                .string("\(involved.text("kind").lowercased())/\(involved.text("name"))"),
                .string(involved.text("fieldPath")), .string(host.isEmpty ? component : "\(component), \(host)"),
                .string(trimmed(event.text("message"))), since(first, now), .integer(max(count, 1)), name(event),
            ]
        }
    }

    private static func firstText(_ texts: String...) -> String { texts.first { !$0.isEmpty } ?? "" }
}
