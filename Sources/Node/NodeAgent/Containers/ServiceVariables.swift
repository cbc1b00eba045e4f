import ContainerRuntime
import KubeAPI

/// The variables by which pods find Services without DNS. Pure.
enum ServiceVariables {
    /// - Parameters:
    ///   - services: all that are known.
    ///   - namespace: the pod's.
    ///   - hasLinks: whether the pod wants those of its namespace; the API server's it gets in any case.
    static func variables(
        _ services: [Service], namespace: String, hasLinks: Bool
    ) -> [ContainerConfiguration.Variable] {
        var chosen: [String: Service] = [:]
        for service in services where hasAddress(service) {
            let metadata = service.metadata
            if hasLinks, metadata.namespace == namespace {
                chosen[metadata.name] = service
            } else if metadata.namespace == "default", metadata.name == "kubernetes", chosen["kubernetes"] == nil {
                chosen["kubernetes"] = service
            }
        }
        return chosen.sorted { $0.key < $1.key }.flatMap { of($0.value) }
    }

    private static func hasAddress(_ service: Service) -> Bool {
        !service.spec.clusterIP.isEmpty && service.spec.clusterIP != "None" && !service.spec.ports.isEmpty
    }

    static func of(_ service: Service) -> [ContainerConfiguration.Variable] {
        let name = variable(service.metadata.name)
        let address = service.spec.clusterIP
        guard let first = service.spec.ports.first else { return [] }
        var result: [ContainerConfiguration.Variable] = [
            .init("\(name)_SERVICE_HOST", address), .init("\(name)_SERVICE_PORT", String(first.port)),
        ]
        for port in service.spec.ports where !port.name.isEmpty {
            result.append(.init("\(name)_SERVICE_PORT_\(variable(port.name))", String(port.port)))
        }
        for (index, port) in service.spec.ports.enumerated() {
            let transport = port.transport.isEmpty ? "TCP" : port.transport.uppercased()
            let host = address.contains(":") ? "[\(address)]" : address
            let url = "\(transport.lowercased())://\(host):\(port.port)"
            let prefix = "\(name)_PORT_\(port.port)_\(transport)"
            if index == 0 { result.append(.init("\(name)_PORT", url)) }
            result += [
                .init(prefix, url), .init("\(prefix)_PROTO", transport.lowercased()),
                .init("\(prefix)_PORT", String(port.port)), .init("\(prefix)_ADDR", address),
            ]
        }
        return result
    }

    private static func variable(_ name: String) -> String { name.uppercased().replacing("-", with: "_") }
}
