import APIObjects
import JSONStream
import KubeSchema

/// The rules of a container's ports.
enum ContainerPortValidation {
    static func validate(_ ports: [JSONValue], _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        var names: Set<String> = []
        for (index, port) in ports.enumerated() {
            let item = path.index(index)
            let name = port.text("name")
            if !name.isEmpty {
                let problems = FieldError.named(name, item.child("name"), by: Names.portName)
                errors += problems
                if problems.isEmpty, !names.insert(name).inserted {
                    errors.append(.duplicate(item.child("name"), .string(name)))
                }
            }
            let number = port.number("containerPort")
            errors +=
                number == 0
                ? [.required(item.child("containerPort"))]
                : AddressValidation.port(number, item.child("containerPort"))
            let host = port.number("hostPort")
            if host != 0 { errors += AddressValidation.port(host, item.child("hostPort")) }
            errors += FieldError.oneOf(["SCTP", "TCP", "UDP"], port.text("protocol"), item.child("protocol"))
        }
        return errors
    }
}
