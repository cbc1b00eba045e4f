public import Dataplane
import ProxyConfiguration
import ProxyServer

/// What is measured side by side.
public enum Subject: Hashable, Sendable, CustomStringConvertible {
    /// The same path without any rules, straight to an endpoint.
    case noRules
    /// One of our backends.
    case mode(Backend)
    /// The same with `--socket-balancing`.
    case sockets(Backend)
    /// Rules in upstream's shape, loaded by the usual program.
    case tool(ReferenceTool)
    /// A whole proxy, with an API server beside it.
    case proxy(ProxyProgram, Backend)

    /// Its name in reports.
    public var description: String {
        switch self {
        case .noRules: "no rules"
        case .mode(let mode): mode.name
        case .sockets(let mode): mode.name + Self.socketsSuffix
        case .tool(let tool): tool.subject
        case .proxy(let program, let mode): "\(program.name) \(mode.name)"
        }
    }

    static let socketsSuffix = "+sockets"

    /// A mode by its name, such as `nftables` or `nftables+sockets`; nil: there is none.
    public static func named(_ name: String) -> Subject? {
        if let mode = Backend.named(name) { return .mode(mode) }
        guard name.hasSuffix(socketsSuffix) else { return nil }
        return socketModes.first { $0.description == name }
    }

    /// The modes with `--socket-balancing` that there are.
    public static let socketModes = Backend.allCases.filter { $0.capabilities.contains(.socketBalancing) }.map(
        Subject.sockets)

    /// Whether it stands beside ours for comparison.
    var isReference: Bool {
        switch self {
        case .noRules, .mode, .sockets: false
        case .tool, .proxy: true
        }
    }
}
