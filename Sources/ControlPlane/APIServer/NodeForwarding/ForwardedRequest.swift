/// A request that somebody else answers: the agent of a node, a pod, a Service's endpoint. Pure.
struct ForwardedRequest: Hashable, Sendable {
    enum Kind: String, Hashable, Sendable {
        case pods
        case services
        case nodes
    }

    enum Part: String, Hashable, Sendable {
        case log
        case exec
        case attach
        case portforward
        case proxy
    }

    var kind: Kind
    /// Empty for nodes.
    var namespace = ""
    /// As it stands in the path: for proxies with scheme and port.
    var name: String
    var part: Part
    /// Of a proxy's path, as it was sent: empty, or from the slash on.
    var rest = ""

    private static let parts: [Kind: Set<Part>] = [
        .pods: [.log, .exec, .attach, .portforward, .proxy], .services: [.proxy], .nodes: [.proxy],
    ]

    /// Nil for every other path.
    /// - Parameters:
    ///   - path: without escapes.
    ///   - raw: as it was sent, without the query.
    init?(_ path: [String], raw: String) {
        guard path.count >= 5, path[0] == "api", path[1] == "v1" else { return nil }
        var index = 2
        if path[2] == "namespaces", path.count >= 7 {
            namespace = path[3]
            index = 4
        }
        guard let kind = Kind(rawValue: path[index]), let part = Part(rawValue: path[index + 2]),
            Self.parts[kind]?.contains(part) == true, namespace.isEmpty == (kind == .nodes)
        else { return nil }
        self.kind = kind
        self.part = part
        name = path[index + 1]
        guard part != .proxy else {
            rest = Self.rest(raw, after: index + 3)
            return
        }
        guard path.count == index + 3 else { return nil }
    }

    private static func rest(_ raw: String, after count: Int) -> String {
        var left = count
        var position = raw.startIndex
        while position < raw.endIndex, left > 0 {
            while position < raw.endIndex, raw[position] == "/" { position = raw.index(after: position) }
            while position < raw.endIndex, raw[position] != "/" { position = raw.index(after: position) }
            left -= 1
        }
        return String(raw[position...])
    }

    /// `scheme:name:port`, with scheme and port left out or not.
    var parts: (scheme: String, name: String, port: String) {
        let parts = name.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        switch parts.count {
        case 1: return ("", parts[0], "")
        case 2: return ("", parts[0], parts[1])
        default: return (parts[0], parts[1], parts[2])
        }
    }
}
