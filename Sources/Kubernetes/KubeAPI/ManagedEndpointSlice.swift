public import JSONStream

/// A whole EndpointSlice (discovery.k8s.io/v1), for code that writes it. ``EndpointSlice`` holds the fields that a
/// service proxy uses.
public struct ManagedEndpointSlice: APIObject, Hashable {
    public static let apiVersion = EndpointSlice.apiVersion
    public static let kind = EndpointSlice.kind
    public static let resource = EndpointSlice.resource
    public static let isNamespaced = EndpointSlice.isNamespaced

    /// The label that names the controller of a slice.
    public static let managedByLabel = "endpointslice.kubernetes.io/managed-by"

    public var metadata: ObjectMeta
    /// The prefix from which the server makes a name if `metadata.name` is empty. Not read back: it has no meaning
    /// later.
    public var generateName = ""
    /// `IPv4`, `IPv6` or `FQDN`.
    public var addressType = ""
    public var endpoints: [Endpoint] = []
    public var ports: [Port] = []

    /// An element of `endpoints`.
    public struct Endpoint: Hashable, Sendable {
        public var routing: EndpointSlice.Endpoint
        public var hostname: String?
        public var targetRef: ObjectReference?

        public init(
            _ routing: EndpointSlice.Endpoint = EndpointSlice.Endpoint(), hostname: String? = nil,
            targetRef: ObjectReference? = nil
        ) {
            self.routing = routing
            self.hostname = hostname
            self.targetRef = targetRef
        }
    }

    /// An element of `ports`.
    public struct Port: Hashable, Sendable {
        public var name: String
        /// `TCP`, `UDP` or `SCTP`.
        public var transport: String
        /// nil means all ports.
        public var port: Int32?
        public var appProtocol: String?

        public init(name: String = "", transport: String = "TCP", port: Int32? = nil, appProtocol: String? = nil) {
            self.name = name
            self.transport = transport
            self.port = port
            self.appProtocol = appProtocol
        }
    }

    public init(metadata: ObjectMeta = ObjectMeta()) {
        self.metadata = metadata
    }

    public init(reading reader: inout JSONReader) throws {
        self.init()
        try reader.object { key, reader in
            switch key {
            case "metadata":
                if try !reader.consumeNull() { metadata = try ObjectMeta(reading: &reader) }
            case "addressType": addressType = try reader.stringIfPresent() ?? ""
            case "endpoints": endpoints = try reader.listIfPresent { try Endpoint(reading: &$0) }
            case "ports": ports = try reader.listIfPresent { try Port(reading: &$0) }
            default: try reader.skip()
            }
        }
    }

    /// The Service that the slice belongs to; nil if no label says so.
    public var serviceKey: ObjectKey? {
        guard let name = metadata.labels[EndpointSlice.serviceNameLabel], !name.isEmpty else { return nil }
        return ObjectKey(namespace: metadata.namespace, name: name)
    }

    public var managedBy: String { metadata.labels[Self.managedByLabel] ?? "" }

    public var json: JSONValue {
        var metadata = self.metadata.json
        if self.metadata.name.isEmpty { metadata["generateName"] = .string(generateName) }
        return [
            "apiVersion": .string(Self.apiVersion), "kind": .string(Self.kind), "metadata": metadata,
            "addressType": .string(addressType), "endpoints": .array(endpoints.map(\.json)),
            "ports": .array(ports.map(\.json)),
        ]
    }
}

extension ManagedEndpointSlice.Endpoint {
    init(reading reader: inout JSONReader) throws {
        self.init()
        try reader.object { key, reader in
            switch key {
            case "hostname": hostname = try reader.stringIfPresent()
            case "targetRef": if try !reader.consumeNull() { targetRef = try ObjectReference(reading: &reader) }
            default: try routing.readMember(key, &reader)
            }
        }
    }

    var json: JSONValue {
        var conditions: JSONValue = [:]
        for (name, value) in [
            ("ready", routing.ready), ("serving", routing.serving), ("terminating", routing.terminating),
        ] {
            if let value { conditions[name] = .bool(value) }
        }
        var value: JSONValue = [
            "addresses": .array(routing.addresses.map { .string($0) }), "conditions": conditions,
        ]
        if let hostname { value["hostname"] = .string(hostname) }
        if let targetRef { value["targetRef"] = targetRef.json }
        if let node = routing.nodeName { value["nodeName"] = .string(node) }
        if let zone = routing.zone { value["zone"] = .string(zone) }
        var hints: JSONValue = [:]
        for (name, names) in [("forZones", routing.zoneHints), ("forNodes", routing.nodeHints)] where !names.isEmpty {
            hints[name] = .array(names.map { ["name": .string($0)] })
        }
        if hints != [:] { value["hints"] = hints }
        return value
    }
}

extension ManagedEndpointSlice.Port: Comparable {
    init(reading reader: inout JSONReader) throws {
        self.init()
        try reader.object { key, reader in
            switch key {
            case "name": name = try reader.stringIfPresent() ?? ""
            case "protocol": transport = try reader.stringIfPresent() ?? "TCP"
            case "port": port = try reader.integerIfPresent()
            case "appProtocol": appProtocol = try reader.stringIfPresent()
            default: try reader.skip()
            }
        }
    }

    var json: JSONValue {
        var value: JSONValue = ["name": .string(name), "protocol": .string(transport)]
        if let port { value["port"] = .integer(Int64(port)) }
        if let appProtocol { value["appProtocol"] = .string(appProtocol) }
        return value
    }

    public static func < (left: Self, right: Self) -> Bool {
        (left.name, left.transport, left.port ?? -1, left.appProtocol ?? "")
            < (right.name, right.transport, right.port ?? -1, right.appProtocol ?? "")
    }
}
