public import NetworkAddress

/// The list of network plugins by which a runtime connects pods (CNI 1.0): a bridge with the node's pod ranges, and host
/// ports. Pure.
public struct CNIConfiguration: Hashable, Sendable {
    /// What the host's runtime finds; others may have a file of their own.
    public static let fileName = "10-viaduct.conflist"

    public var podCIDRs: [IPNetwork]
    public var bridge: String
    /// Bytes of a packet; 0: the device's usual.
    public var mtu: Int
    /// Whether pods reach what is no pod by the node's address.
    public var masquerades: Bool
    /// Where plugins keep which address is whose.
    public var dataDirectory: String

    public init(
        podCIDRs: [IPNetwork], bridge: String = "cni0", mtu: Int = 0, masquerades: Bool = true,
        dataDirectory: String = "/var/lib/cni/networks"
    ) {
        self.podCIDRs = podCIDRs
        self.bridge = bridge
        self.mtu = mtu
        self.masquerades = masquerades
        self.dataDirectory = dataDirectory
    }

    /// The file's text.
    public var text: String {
        let ranges = podCIDRs.map { "[{ \"subnet\": \"\($0)\" }]" }.joined(separator: ", ")
        let routes = Set(podCIDRs.map(\.family)).sorted { $0 == .ipv4 && $1 != .ipv4 }.map { family in
            "{ \"dst\": \"\(family == .ipv4 ? "0.0.0.0/0" : "::/0")\" }"
        }
        let size = mtu > 0 ? "\"mtu\": \(mtu), " : ""
        return """
            {
              "cniVersion": "0.4.0",
              "name": "viaduct",
              "plugins": [
                {
                  "type": "bridge",
                  "bridge": "\(bridge)",
                  \(size)"isGateway": true,
                  "isDefaultGateway": false,
                  "ipMasq": \(masquerades),
                  "hairpinMode": true,
                  "ipam": {
                    "type": "host-local",
                    "dataDir": "\(dataDirectory)",
                    "ranges": [\(ranges)],
                    "routes": [\(routes.joined(separator: ", "))]
                  }
                },
                { "type": "portmap", "capabilities": { "portMappings": true } }
              ]
            }

            """
    }
}
