import JSONStream
import KubeAPI
import NetworkAddress

/// An EndpointSlice (discovery.k8s.io/v1), the fields that names are made of.
struct NamedSlice: APIObject, Hashable {
    static let apiVersion = "discovery.k8s.io/v1"
    static let kind = "EndpointSlice"
    static let resource = "endpointslices"
    static let isNamespaced = true

    struct Endpoint: Hashable, Sendable {
        var addresses: [IPAddress]
        /// Empty if it has none.
        var hostname: String
        var isReady: Bool
    }

    struct Port: Hashable, Sendable {
        var name: String
        /// `tcp`, `udp`
        var transport: String
        var port: UInt16
    }

    var metadata: ObjectMeta
    var endpoints: [Endpoint]
    var ports: [Port]

    init(reading reader: inout JSONReader) throws { try self.init(JSONValue(reading: &reader)) }

    init(_ json: JSONValue) throws {
        metadata = try JSONReader.read((json["metadata"] ?? [:]).serialized()) { try ObjectMeta(reading: &$0) }
        endpoints = (json["endpoints"]?.arrayValue ?? []).map { endpoint in
            Endpoint(
                addresses: (endpoint["addresses"]?.arrayValue ?? []).compactMap { $0.stringValue }
                    .compactMap { IPAddress($0) },
                hostname: endpoint["hostname"]?.stringValue?.lowercased() ?? "",
                isReady: endpoint["conditions"]?["ready"]?.boolValue ?? true)
        }
        ports = (json["ports"]?.arrayValue ?? []).compactMap { port in
            guard let number = port["port"]?.integerValue.flatMap({ UInt16(exactly: $0) }) else { return nil }
            return Port(
                name: port["name"]?.stringValue?.lowercased() ?? "",
                transport: (port["protocol"]?.stringValue ?? "TCP").lowercased(), port: number)
        }
    }

    var serviceKey: ObjectKey {
        ObjectKey(namespace: metadata.namespace, name: metadata.labels["kubernetes.io/service-name"] ?? "")
    }
}
