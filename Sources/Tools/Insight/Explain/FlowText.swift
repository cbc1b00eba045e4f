package import NetworkAddress
package import ServiceModel

/// The user's description of where a connection begins.
package enum FlowSource: Hashable, Sendable {
    case pod(namespace: String?, name: String)
    case address(IPAddress)
    /// Any client outside this node.
    case outside
    /// This node itself.
    case node

    package var namesPod: Bool { if case .pod = self { true } else { false } }

    /// - Throws: ``ExplainError``: what is wrong with the text.
    package init(parsing text: String) throws(ExplainError) {
        switch text {
        case "outside": self = .outside
        case "node": self = .node
        default:
            if let address = FlowTarget.address(text) {
                self = .address(address)
                return
            }
            guard let (namespace, name) = FlowTarget.reference(text, ["pod", "pods", "po"]) else {
                throw ExplainError(
                    "FROM: \"\(text)\" is no pod/NAME, pod/NAMESPACE/NAME, address, `outside` or `node`")
            }
            self = .pod(namespace: namespace, name: name)
        }
    }
}

/// The user's description of a connection's destination.
package struct FlowTarget: Hashable, Sendable {
    package enum Place: Hashable, Sendable {
        case service(namespace: String?, name: String)
        case pod(namespace: String?, name: String)
        case address(IPAddress)
        case nodePort
    }

    package var place: Place
    /// A number or, for a Service, a port's name; nil: the only port.
    package var port: String?
    /// Nil: TCP if there is a choice.
    package var transport: TransportProtocol?

    package init(_ place: Place, port: String? = nil, transport: TransportProtocol? = nil) {
        self.place = place
        self.port = port
        self.transport = transport
    }

    package var namesPod: Bool { if case .pod = place { true } else { false } }

    /// - Parameter words: one, or `node-port` and a number.
    /// - Throws: ``ExplainError``: what is wrong with the text.
    package init(parsing words: [String]) throws(ExplainError) {
        guard let first = words.first else { throw ExplainError("TO: nothing is given") }
        if first == "node-port" {
            guard words.count == 2 else { throw ExplainError("TO: `node-port` takes a number, as in node-port 30080") }
            let (rest, transport) = Self.splitProtocol(words[1])
            guard let number = UInt16(rest), number > 0 else {
                throw ExplainError("TO: node-port: \"\(rest)\" is no port from 1 to 65535")
            }
            self.init(.nodePort, port: "\(number)", transport: transport)
            return
        }
        guard words.count == 1 else {
            throw ExplainError("TO: \"\(words.joined(separator: " "))\" is more than one word")
        }
        let (rest, transport) = Self.splitProtocol(first)
        if let address = Self.address(rest) {
            self.init(.address(address), transport: transport)
            return
        }
        let (place, port) = try Self.splitPort(rest)
        if let address = Self.address(place) {
            guard let number = port.flatMap({ UInt16($0) }), number > 0 else {
                throw ExplainError("TO: \"\(port ?? "")\" is no port from 1 to 65535")
            }
            self.init(.address(address), port: "\(number)", transport: transport)
        } else if let (namespace, name) = Self.reference(place, ["service", "services", "svc"]) {
            self.init(.service(namespace: namespace, name: name), port: port, transport: transport)
        } else if let (namespace, name) = Self.reference(place, ["pod", "pods", "po"]) {
            self.init(.pod(namespace: namespace, name: name), port: port, transport: transport)
        } else {
            throw ExplainError(
                "TO: \"\(first)\" is no service/NAME[:PORT], service/NAMESPACE/NAME[:PORT], address[:PORT] or node-port "
                    + "NUMBER; names of hosts are not looked up")
        }
    }

    /// `/tcp`, `/udp` or `/sctp` at the end.
    private static func splitProtocol(_ text: String) -> (String, TransportProtocol?) {
        guard let slash = text.lastIndex(of: "/"),
            let transport = TransportProtocol(apiName: text[text.index(after: slash)...].uppercased())
        else { return (text, nil) }
        return (String(text[..<slash]), transport)
    }

    private static func splitPort(_ text: String) throws(ExplainError) -> (String, String?) {
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            let rest = text[text.index(after: end)...]
            guard rest.hasPrefix(":") || rest.isEmpty else {
                throw ExplainError("TO: \"\(text)\": behind [address] comes :PORT")
            }
            return (String(text[...end]), rest.isEmpty ? nil : String(rest.dropFirst()))
        }
        guard let colon = text.lastIndex(of: ":") else { return (text, nil) }
        return (String(text[..<colon]), String(text[text.index(after: colon)...]))
    }

    static func address(_ text: String) -> IPAddress? {
        if text.hasPrefix("["), text.hasSuffix("]") { return IPAddress(String(text.dropFirst().dropLast())) }
        return IPAddress(text)
    }

    /// KIND/NAME or KIND/NAMESPACE/NAME.
    static func reference(_ text: String, _ kinds: [String]) -> (String?, String)? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard (2...3).contains(parts.count), kinds.contains(parts[0].lowercased()),
            parts.dropFirst().allSatisfy({ !$0.isEmpty })
        else { return nil }
        return (parts.count == 3 ? parts[1] : nil, parts[parts.count - 1])
    }
}

/// Why a question has no answer: one line for the user.
package struct ExplainError: Error, Hashable, Sendable, CustomStringConvertible {
    package var description: String

    package init(_ description: String) { self.description = description }
}
