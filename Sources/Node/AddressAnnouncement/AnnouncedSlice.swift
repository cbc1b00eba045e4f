import JSONStream
import KubeAPI

/// An EndpointSlice, as far as it tells which nodes have ready endpoints of a Service.
struct AnnouncedSlice: APIObject, Hashable {
    static let apiVersion = "discovery.k8s.io/v1"
    static let kind = "EndpointSlice"
    static let resource = "endpointslices"
    static let isNamespaced = true

    var metadata = ObjectMeta()
    var nodes: Set<String> = []

    init() {}

    init(reading reader: inout JSONReader) throws {
        try reader.object { key, reader in
            switch key {
            case "metadata":
                if try !reader.consumeNull() { metadata = try ObjectMeta(reading: &reader) }
            case "endpoints":
                try reader.arrayIfPresent { reader in
                    var node = ""
                    // Nobody said: it is ready (discovery/v1 EndpointConditions).
                    var isReady = true
                    try reader.objectIfPresent { key, reader in
                        switch key {
                        case "nodeName": node = try reader.stringIfPresent() ?? ""
                        case "conditions":
                            try reader.objectIfPresent { key, reader in
                                guard "ready" ~= key else { return try reader.skip() }
                                isReady = try reader.boolIfPresent() ?? true
                            }
                        default: try reader.skip()
                        }
                    }
                    if isReady, !node.isEmpty { nodes.insert(node) }
                }
            default: try reader.skip()
            }
        }
    }

    var service: ObjectKey {
        ObjectKey(namespace: metadata.namespace, name: metadata.labels["kubernetes.io/service-name"] ?? "")
    }
}
