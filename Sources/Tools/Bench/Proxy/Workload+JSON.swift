import JSONStream
import KubeAPI
import NetworkAddress

/// The objects as an API server takes them.
extension Workload {
    static func body(_ service: Service) -> [UInt8] {
        let ports = service.spec.ports.map { port -> JSONValue in
            [
                "name": .string(port.name), "protocol": .string(port.transport), "port": .integer(Int64(port.port)),
                "targetPort": .integer(Int64(endpointPort)),
            ]
        }
        let value: JSONValue = [
            "metadata": ["name": .string(service.metadata.name)],
            "spec": ["clusterIP": .string(service.spec.clusterIP), "ports": .array(ports)],
        ]
        return value.serialized()
    }

    static func body(_ slice: EndpointSlice) -> [UInt8] {
        let endpoints = slice.endpoints.map { endpoint -> JSONValue in
            [
                "addresses": .array(endpoint.addresses.map { .string($0) }),
                "conditions": ["ready": .bool(true), "serving": .bool(true), "terminating": .bool(false)],
                "nodeName": .string(endpoint.nodeName ?? ""),
            ]
        }
        let ports = slice.ports.map { port -> JSONValue in
            [
                "name": .string(port.name ?? ""), "protocol": .string(port.transport ?? "TCP"),
                "port": .integer(Int64(port.port ?? 0)),
            ]
        }
        let label: JSONValue = .string(slice.serviceName ?? "")
        let value: JSONValue = [
            "metadata": ["name": .string(slice.metadata.name), "labels": ["kubernetes.io/service-name": label]],
            "addressType": .string(slice.addressType), "endpoints": .array(endpoints), "ports": .array(ports),
        ]
        return value.serialized()
    }

    static func body(_ node: Node) -> [UInt8] {
        let value: JSONValue = ["metadata": ["name": .string(node.metadata.name)]]
        return value.serialized()
    }

    /// `status.addresses`, as a merge patch.
    static func statusPatch(_ node: Node) -> [UInt8] {
        let addresses = node.addresses.map { address -> JSONValue in
            ["type": .string(address.type), "address": .string(address.address)]
        }
        let value: JSONValue = ["status": ["addresses": .array(addresses)]]
        return value.serialized()
    }

    /// The only endpoint of the changing service in a turn; one that it does not have in the turn before.
    func onlyEndpoint(turn: Int) -> IPAddress {
        turn.isMultiple(of: 2) ? replacement(changing) : endpoint(changing, 0)
    }
}
