package import APIObjects
import JSONStream
import KubeSchema

extension ResourceDefinition {
    package static let endpoints = ResourceDefinition(
        "endpoints", createsOnUpdate: true, strategy: EndpointsStrategy())
}

struct EndpointsStrategy: ResourceStrategy {
    func applyDefaults(_ object: inout JSONValue) {
        object.editItems("subsets") { subset in subset.editItems("ports") { $0.setDefault("protocol", "TCP") } }
    }

    func validateCreate(_ object: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        var errors: [FieldError] = []
        for (index, subset) in object.items("subsets").enumerated() {
            let path = FieldPath("subsets").index(index)
            if subset.items("addresses").isEmpty, subset.items("notReadyAddresses").isEmpty {
                errors.append(.required(path, "must specify `addresses` or `notReadyAddresses`"))
            }
            for list in ["addresses", "notReadyAddresses"] {
                for (number, address) in subset.items(list).enumerated() {
                    errors += self.address(address, path.child(list).index(number))
                }
            }
            let ports = subset.items("ports")
            for (number, port) in ports.enumerated() {
                errors += self.port(port, needsName: ports.count > 1, path.child("ports").index(number))
            }
        }
        return errors
    }

    private func address(_ address: JSONValue, _ path: FieldPath) -> [FieldError] {
        let ip = address.text("ip")
        var errors = AddressValidation.ip(ip, path.child("ip"))
        let host = address.text("hostname")
        if !host.isEmpty { errors += FieldError.named(host, path.child("hostname"), by: Names.dnsLabel) }
        if let node = address["nodeName"]?.stringValue {
            errors += FieldError.named(node, path.child("nodeName"), by: Names.dnsSubdomain)
        }
        return errors + AddressValidation.nonSpecial(ip, path.child("ip"))
    }

    private func port(_ port: JSONValue, needsName: Bool, _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        let name = port.text("name")
        if name.isEmpty {
            if needsName { errors.append(.required(path.child("name"))) }
        } else {
            errors += FieldError.named(name, path.child("name"), by: Names.dnsLabel)
        }
        errors += AddressValidation.port(port.number("port"), path.child("port"))
        errors += FieldError.oneOf(["SCTP", "TCP", "UDP"], port.text("protocol"), path.child("protocol"))
        if let application = port["appProtocol"]?.stringValue {
            errors += FieldError.named(application, path.child("appProtocol"), by: Names.qualifiedName)
        }
        return errors
    }

    func warnings(_ object: JSONValue, old: JSONValue?) -> [String] {
        ["v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"]
    }

    var table: TableDefinition { .endpoints }
}
