import KubeAPI
import NetworkAddress
import ServiceModel

/// Something that somebody asked to drain, as this node's proxy sees it (`GET /v1/drains`).
public struct DrainStatus: Codable, Hashable, Sendable {
    static let target = "/v1/drains"
    /// On Pods and Nodes: whoever sets it, with any value, wants them drained.
    public static let label = "viaduct.io/drain"
    /// On Pods and Nodes: whether they have connections left.
    public static let condition = "viaduct.io/Drained"

    /// `pod`, `node` or `address`.
    public var kind: String
    /// Empty but for pods.
    public var namespace = ""
    public var name: String
    /// How many endpoints of Services it has.
    public var endpoints = 0
    /// Live connections that this host knows of; nil: not counted yet.
    public var connections: Int?
    /// Whether there have been none for a while, with the drain in force.
    public var isDrained = false
    /// How long this proxy has known.
    public var seconds = 0.0
    /// Whether this host has the pod, or is the node, so that all its connections are known here.
    public var isHere: Bool

    public struct List: Codable, Hashable, Sendable {
        public var items: [DrainStatus]
        /// Service ports that have no endpoint for new connections because of it.
        public var emptied: [String]

        /// That of an address, however it is written.
        public func status(of address: String) -> DrainStatus? {
            guard let wanted = DrainAddress.parse(address) else { return nil }
            return items.first { $0.kind == "address" && DrainAddress.parse($0.name) == wanted }
        }
    }

    init(_ reason: DrainReason, isHere: Bool) {
        self.isHere = isHere
        switch reason {
        case .pod(let key): (kind, namespace, name) = ("pod", key.namespace, key.name)
        case .node(let node): (kind, name) = ("node", node)
        case .address(let address): (kind, name) = ("address", DrainAddress.text(address))
        }
    }

    var order: (String, String, String) { (kind, namespace, name) }
}

/// What `viaduct drain` is asked for: `pod/NAME`, `node/NAME` or an address.
public enum DrainTarget: Hashable, Sendable {
    case pod(String)
    case node(String)
    case address(String)

    /// Nil: it is none of these.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            guard DrainAddress.parse(text) != nil else { return nil }
            self = .address(text)
            return
        }
        let name = String(parts[1])
        guard !name.isEmpty, !name.contains("/") else { return nil }
        switch parts[0] {
        case "pod", "pods", "po": self = .pod(name)
        case "node", "nodes", "no": self = .node(name)
        default: return nil
        }
    }
}

/// `10.0.0.1`, `10.0.0.1:80`, `fd00::1`, `[fd00::1]:80`.
enum DrainAddress {
    /// With port 0 where the text has none.
    static func parse(_ text: String) -> EndpointAddress? {
        if let ip = IPAddress(text) { return EndpointAddress(ip, 0) }
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]), port != 0
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        return IPAddress(String(host)).map { EndpointAddress($0, port) }
    }

    static func text(_ address: EndpointAddress) -> String {
        address.port == 0 ? "\(address.ip)" : address.description
    }
}
