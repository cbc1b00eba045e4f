import JSONStream
public import KubeClient
public import NetworkAddress

/// The Service by which pods find the cluster's DNS, and this host's part of its endpoints.
public struct DNSRegistration: Sendable {
    private let host: String
    private let serviceAddresses: [IPAddress]
    private let addresses: [IPAddress]
    private let port: UInt16

    private static let namespace = "kube-system"
    /// As in every cluster.
    private static let name = "kube-dns"
    private static let manager = "viaduct-dns"

    /// - Parameters:
    ///   - host: the node's name.
    ///   - serviceAddresses: cluster IPs of the Service, one of a family at most.
    ///   - addresses: where the server listens.
    public init(host: String, serviceAddresses: [IPAddress], addresses: [IPAddress], port: UInt16) {
        self.host = host
        self.serviceAddresses = serviceAddresses
        self.addresses = addresses
        self.port = port
    }

    /// Makes both what they are to be.
    public func register(_ client: KubeClient) async throws(APIError) {
        try await apply(client, "/api/v1/namespaces/\(Self.namespace)/services/\(Self.name)", service)
        for slice in slices {
            let name = slice["metadata"]?["name"]?.stringValue ?? ""
            try await apply(
                client, "/apis/discovery.k8s.io/v1/namespaces/\(Self.namespace)/endpointslices/\(name)", slice)
        }
    }

    private func apply(_ client: KubeClient, _ path: String, _ object: JSONValue) async throws(APIError) {
        var request = APIRequest.patch(path, .apply, object.serialized())
        request.query = [.init("fieldManager", Self.manager), .init("force", "true")]
        _ = try await client.send(request)
    }

    var service: JSONValue {
        [
            "apiVersion": "v1", "kind": "Service",
            "metadata": [
                "name": .string(Self.name), "namespace": .string(Self.namespace),
                "labels": ["k8s-app": "kube-dns", "kubernetes.io/cluster-service": "true"],
            ],
            "spec": [
                "clusterIP": .string(serviceAddresses.first?.description ?? ""),
                "clusterIPs": .array(serviceAddresses.map { .string($0.description) }),
                "ipFamilyPolicy": serviceAddresses.count > 1 ? "PreferDualStack" : "SingleStack",
                "ports": [
                    ["name": "dns", "port": 53, "protocol": "UDP", "targetPort": .integer(Int64(port))],
                    ["name": "dns-tcp", "port": 53, "protocol": "TCP", "targetPort": .integer(Int64(port))],
                ],
            ],
        ]
    }

    var slices: [JSONValue] {
        IPFamily.allCases.compactMap { family in
            let own = addresses.filter { $0.family == family }
            guard !own.isEmpty, serviceAddresses.contains(where: { $0.family == family }) else { return nil }
            let suffix = family == .ipv4 ? "ipv4" : "ipv6"
            return [
                "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
                "metadata": [
                    "name": .string("\(Self.name)-\(host)-\(suffix)"), "namespace": .string(Self.namespace),
                    "labels": [
                        "kubernetes.io/service-name": .string(Self.name),
                        "endpointslice.kubernetes.io/managed-by": .string(Self.manager),
                    ],
                ],
                "addressType": family == .ipv4 ? "IPv4" : "IPv6",
                "endpoints": .array(
                    own.prefix(1).map {
                        [
                            "addresses": [.string($0.description)], "nodeName": .string(host),
                            "conditions": ["ready": true],
                        ]
                    }),
                "ports": [
                    ["name": "dns", "port": .integer(Int64(port)), "protocol": "UDP"],
                    ["name": "dns-tcp", "port": .integer(Int64(port)), "protocol": "TCP"],
                ],
            ]
        }
    }
}
