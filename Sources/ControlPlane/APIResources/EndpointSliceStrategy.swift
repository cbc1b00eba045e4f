package import APIObjects
import JSONStream
import KubeSchema
import NetworkAddress

extension ResourceDefinition {
    package static let endpointSlices = ResourceDefinition(
        "endpointslices", group: "discovery.k8s.io", strategy: EndpointSliceStrategy())
}

struct EndpointSliceStrategy: ResourceStrategy {
    private static let types = ["FQDN", "IPv4", "IPv6"]

    func applyDefaults(_ object: inout JSONValue) {
        // Stored as protobuf, an empty list is none.
        for name in ["endpoints", "ports"] where object[name] == [] { object[name] = .null }
        guard case .array(let ports)? = object["ports"] else { return }
        object["ports"] = .array(
            ports.map { port in
                var port = port
                if port["name"] == nil { port["name"] = "" }
                if port["protocol"] == nil { port["protocol"] = "TCP" }
                return port
            })
    }

    /// The old topology labels are of the older API version only.
    func prepareForCreate(_ object: inout JSONValue, _ context: AdmissionContext) {
        guard case .array(let endpoints)? = object["endpoints"],
            endpoints.contains(where: { $0["deprecatedTopology"] != nil })
        else { return }
        object["endpoints"] = .array(
            endpoints.map { endpoint in
                var endpoint = endpoint
                endpoint["deprecatedTopology"] = nil
                return endpoint
            })
    }

    func generationSource(_ object: JSONValue) -> JSONValue? {
        [object["addressType"] ?? .null, object["endpoints"] ?? .null, object["ports"] ?? .null]
    }

    func validateCreate(_ object: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        let type = object.text("addressType")
        var errors: [FieldError] = []
        if type.isEmpty {
            errors.append(.required(FieldPath("addressType")))
        } else if !Self.types.contains(type) {
            errors.append(.notSupported(FieldPath("addressType"), .string(type), Self.types))
        }
        return errors + endpoints(object.items("endpoints"), type) + ports(object.items("ports"))
    }

    var metadataRules: MetadataRules { MetadataRules(update: .object) }

    func validateUpdate(_ object: JSONValue, old: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        var errors = validateCreate(object, context)
        if object["addressType"] != old["addressType"] {
            errors.append(
                .invalid(FieldPath("addressType"), object["addressType"] ?? "", "field is immutable"))
        }
        return errors
    }

    private func endpoints(_ endpoints: [JSONValue], _ type: String) -> [FieldError] {
        let path = FieldPath("endpoints")
        guard endpoints.count <= 1000 else { return [.tooMany(path, endpoints.count, most: 1000)] }
        var errors: [FieldError] = []
        for (index, endpoint) in endpoints.enumerated() {
            // A path is only made where something is wrong: there may be a thousand endpoints.
            var item: FieldPath { path.index(index) }
            errors += addresses(endpoint.items("addresses"), type, item.child("addresses"))
            if let labels = endpoint["deprecatedTopology"] {
                errors += MetadataValidation.labels(labels, item.child("deprecatedTopology"))
            }
            if let node = endpoint["nodeName"]?.stringValue {
                errors += Names.dnsSubdomain(node).map { .invalid(item.child("nodeName"), .string(node), $0) }
            }
            if let host = endpoint["hostname"]?.stringValue {
                errors += Names.dnsLabel(host).map { .invalid(item.child("hostname"), .string(host), $0) }
            }
            if let hints = endpoint["hints"] {
                errors += self.hints(hints, "forZones", item.child("hints").child("forZones"))
                errors += self.hints(hints, "forNodes", item.child("hints").child("forNodes"))
            }
        }
        return errors
    }

    private func addresses(
        _ addresses: [JSONValue], _ type: String, _ path: @autoclosure () -> FieldPath
    ) -> [FieldError] {
        var errors: [FieldError] = []
        if addresses.isEmpty {
            errors.append(.required(path(), "must contain at least 1 address"))
        } else if addresses.count > 100 {
            errors.append(.tooMany(path(), addresses.count, most: 100))
        }
        for (index, address) in addresses.enumerated() {
            guard let text = address.stringValue else { continue }
            var item: FieldPath { path().index(index) }
            switch type {
            case "IPv4", "IPv6":
                guard let address = IPAddress(text), !AddressValidation.isAmbiguous(text, address) else {
                    errors += AddressValidation.ip(text, item)
                    continue
                }
                if address.family.apiName != type {
                    errors.append(.invalid(path(), .string(text), "must be an \(type) address"))
                }
                errors += AddressValidation.nonSpecial(address, text, item)
            case "FQDN":
                errors += fullyQualified(text, item)
            default: break
            }
        }
        return errors
    }

    private func fullyQualified(_ text: String, _ path: FieldPath) -> [FieldError] {
        if text.isEmpty { return [.required(path)] }
        var name = text
        if name.hasSuffix(".") { name.removeLast() }
        let problems = Names.dnsSubdomain(name)
        if !problems.isEmpty { return problems.map { .invalid(path, .string(name), $0) } }
        return name.contains(".")
            ? [] : [.invalid(path, .string(name), "should be a domain with at least two segments separated by dots")]
    }

    private func hints(_ hints: JSONValue, _ field: String, _ path: FieldPath) -> [FieldError] {
        let entries = hints.items(field)
        guard entries.count <= 8 else { return [.tooMany(path, entries.count, most: 8)] }
        var errors: [FieldError] = []
        var seen: Set<String> = []
        for (index, entry) in entries.enumerated() {
            let name = entry.text("name")
            let form = field == "forNodes" ? Names.dnsSubdomain : Names.labelValue
            let item = path.index(index).child("name")
            if !seen.insert(name).inserted { errors.append(.duplicate(item, .string(name))) }
            if name.isEmpty {
                errors.append(.required(item))
            } else {
                errors += form(name).map { .invalid(item, .string(name), $0) }
            }
        }
        return errors
    }

    private func ports(_ ports: [JSONValue]) -> [FieldError] {
        let path = FieldPath("ports")
        // As many as Endpoints may have, though the documentation says 100.
        guard ports.count <= 20_000 else { return [.tooMany(path, ports.count, most: 20_000)] }
        var errors: [FieldError] = []
        var names: Set<String> = []
        for (index, port) in ports.enumerated() {
            let item = path.index(index)
            let name = port.text("name")
            if !name.isEmpty {
                errors += Names.dnsLabel(name).map { .invalid(item.child("name"), .string(name), $0) }
            }
            if !names.insert(name).inserted { errors.append(.duplicate(item.child("name"), .string(name))) }
            let transport = port.text("protocol")
            if !["SCTP", "TCP", "UDP"].contains(transport) {
                errors.append(.notSupported(item.child("protocol"), .string(transport), ["SCTP", "TCP", "UDP"]))
            }
            if let application = port["appProtocol"]?.stringValue {
                errors += Names.qualifiedName(application).map {
                    .invalid(item.child("appProtocol"), .string(application), $0)
                }
            }
        }
        return errors
    }

    var table: TableDefinition { .endpointSlices }
}
