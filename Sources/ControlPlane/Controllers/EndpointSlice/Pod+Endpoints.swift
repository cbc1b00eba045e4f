import KubeAPI

extension Pod {
    /// All of a pod that its endpoints depend on.
    struct EndpointAspects: Equatable {
        var labels: [String: String]
        var hostname: String
        var subdomain: String
        var nodeName: String
        var podIPs: [String]
        var isReady: Bool
        var isFinished: Bool
        var isTerminating: Bool
    }

    var endpointAspects: EndpointAspects {
        EndpointAspects(
            labels: metadata.labels, hostname: spec.hostname, subdomain: spec.subdomain, nodeName: spec.nodeName,
            podIPs: status.podIPs, isReady: isReady, isFinished: isFinished, isTerminating: metadata.isBeingDeleted)
    }

    /// A Service's port in this pod; nil if the pod has none of the name.
    func endpointPort(_ port: ManagedService.Port) -> ManagedEndpointSlice.Port? {
        let number: Int32?
        switch port.target {
        case .number(let given): number = given
        case .name(let name):
            // Of init containers, those that keep running count.
            let running = spec.containers + spec.initContainers.filter { $0.restartPolicy == "Always" }
            number =
                running.lazy.flatMap(\.ports).first { $0.name == name && $0.transport == port.transport }?
                .containerPort
        }
        return number.map {
            ManagedEndpointSlice.Port(
                name: port.name, transport: port.transport, port: $0, appProtocol: port.appProtocol)
        }
    }

    /// The host name that endpoints of the Service tell: that of a pod in the Service's own domain.
    func hostname(for service: ManagedService) -> String? {
        !spec.hostname.isEmpty && spec.subdomain == service.metadata.name ? spec.hostname : nil
    }
}
