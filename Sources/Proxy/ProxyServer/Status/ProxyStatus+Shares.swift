import KubeAPI
import NetworkAddress
public import ServiceModel

extension ProxyStatus {
    /// What changes the shares of endpoints besides objects: so that others make the same of them.
    public struct Shares: Codable, Hashable, Sendable {
        public struct Pod: Codable, Hashable, Sendable {
            public var namespace: String
            public var name: String
            public var addresses: [String]
        }

        public struct Ejected: Codable, Hashable, Sendable {
            public var namespace: String
            public var service: String
            public var portName: String
            public var `protocol`: String
            public var family: String
            /// With its port.
            public var address: String
            /// The part of its own share that it gets to be tried, in 1/256; 0: none.
            public var part: UInt8
            public var order: UInt32
        }

        public struct Labeled: Codable, Hashable, Sendable {
            public var namespace: String
            public var name: String
            public var labels: [String: String]
        }

        public var drainedPods: [Pod] = []
        public var drainedNodes: [String] = []
        /// As ``DrainStatus/name`` has them.
        public var drainedAddresses: [String] = []
        public var ejected: [Ejected] = []
        public var starts: [EndpointStart] = []
        /// Endpoints of Services that choose them by labels; nil: a proxy that cannot.
        public var labeledPods: [Labeled]? = []
    }
}

extension ProxyStatus.Shares {
    init(_ model: ServiceModel) {
        let drains = model.drains
        drainedPods = drains.pods.map { key, addresses in
            Pod(namespace: key.namespace, name: key.name, addresses: addresses.sorted().map(\.description))
        }.sorted { ($0.namespace, $0.name) < ($1.namespace, $1.name) }
        drainedNodes = drains.nodes.sorted()
        drainedAddresses = drains.addresses.sorted().map { DrainAddress.text($0) }
        ejected = model.ejections.flatMap { key, endpoints in
            endpoints.map { address, ejection in
                Ejected(
                    namespace: key.name.namespace, service: key.name.name, portName: key.name.port,
                    protocol: key.name.transport.apiName, family: key.family.rawValue, address: "\(address)",
                    part: ejection.part, order: ejection.order)
            }
        }.sorted { $0.order < $1.order }
        starts = model.endpointStarts
        labeledPods = model.selectedLabels.map { key, labels in
            Labeled(namespace: key.namespace, name: key.name, labels: labels)
        }.sorted { ($0.namespace, $0.name) < ($1.namespace, $1.name) }
    }

    /// Has a model that knows no objects yet know the same.
    ///
    /// - Parameter now: seconds since 1970.
    public func apply(to model: inout ServiceModel, at now: Double) {
        var drains = Drains()
        for pod in drainedPods {
            drains.pods[ObjectKey(namespace: pod.namespace, name: pod.name)] = Set(
                pod.addresses.compactMap { IPAddress($0) })
        }
        drains.nodes = Set(drainedNodes)
        drains.addresses = Set(drainedAddresses.compactMap { DrainAddress.parse($0) })
        model.setDrains(drains)
        var ejections: [ServicePortKey: [EndpointAddress: Ejection]] = [:]
        for one in ejected {
            guard let transport = TransportProtocol(apiName: one.protocol), let family = IPFamily(rawValue: one.family),
                let address = DrainAddress.parse(one.address)
            else { continue }
            let name = ServicePortName(
                namespace: one.namespace, name: one.service, port: one.portName, transport: transport)
            ejections[ServicePortKey(name: name, family: family), default: [:]][address] = Ejection(
                part: one.part, order: one.order)
        }
        model.setEjections(ejections)
        for pod in labeledPods ?? [] {
            model.setLabels(pod.labels, of: ObjectKey(namespace: pod.namespace, name: pod.name))
        }
        model.restore(starts)
        model.advance(to: now)
    }
}
