import APIResources
import JSONStream
import NetworkAddress

/// The objects that lead the Service `kubernetes` to its servers. The same for the same servers, whoever makes it.
struct KubernetesEndpointsPlan: Sendable {
    static let name = "kubernetes"
    static let namespace = "default"
    /// On the slices beside the first, so that they can be told from others' and go again.
    static let managerLabel = "endpointslice.kubernetes.io/managed-by"
    static let manager = "apiserver.viaduct"

    /// One slice has one kind of addresses and one port.
    private struct Group: Hashable, Comparable {
        var family: IPFamily
        var port: Int

        static func < (left: Group, right: Group) -> Bool {
            (left.family.apiName, left.port) < (right.family.apiName, right.port)
        }
    }

    private let groups: [(group: Group, addresses: [IPAddress])]

    /// - Parameters:
    ///   - family: what the slice of no servers is for.
    ///   - port: the port in it.
    init(_ servers: Set<ServerLeases.Server>, family: IPFamily, port: Int) {
        let grouped = Dictionary(grouping: servers) { Group(family: $0.address.family, port: $0.port) }
        let groups = grouped.map { (group: $0.key, addresses: $0.value.map(\.address).sorted()) }
            .sorted { $0.group < $1.group }
        self.groups = groups.isEmpty ? [(Group(family: family, port: port), [])] : groups
    }

    var endpoints: JSONValue {
        var object: JSONValue = [
            "apiVersion": "v1", "kind": "Endpoints",
            "metadata": Self.metadata(Self.name, ["endpointslice.kubernetes.io/skip-mirror": "true"]),
        ]
        let subsets = groups.filter { !$0.addresses.isEmpty }.map { group, addresses -> JSONValue in
            [
                "addresses": .array(addresses.map { ["ip": .string($0.description)] }),
                "ports": [Self.ports(group)],
            ]
        }
        if !subsets.isEmpty { object["subsets"] = .array(subsets) }
        return object
    }

    var slices: [JSONValue] {
        groups.enumerated().map { index, entry in
            let (group, addresses) = entry
            var labels: JSONValue = ["kubernetes.io/service-name": .string(Self.name)]
            if index > 0 { labels[Self.managerLabel] = .string(Self.manager) }
            let name = index == 0 ? Self.name : "\(Self.name)-\(group.family.apiName.lowercased())-\(group.port)"
            return [
                "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": Self.metadata(name, labels),
                "addressType": .string(group.family.apiName),
                "endpoints": .array(
                    addresses.map { ["addresses": [.string($0.description)], "conditions": ["ready": true]] }),
                "ports": [Self.ports(group)],
            ]
        }
    }

    private static func metadata(_ name: String, _ labels: JSONValue) -> JSONValue {
        ["name": .string(name), "namespace": .string(namespace), "labels": labels]
    }

    private static func ports(_ group: Group) -> JSONValue {
        ["name": "https", "port": .integer(Int64(group.port)), "protocol": "TCP"]
    }
}
