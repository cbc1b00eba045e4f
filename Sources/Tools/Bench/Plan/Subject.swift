public import Dataplane
import ProxyConfiguration
import ProxyServer

/// What is measured side by side.
public enum Subject: Hashable, Sendable, CustomStringConvertible {
    /// The same path without any rules, straight to an endpoint.
    case noRules
    /// One of our backends.
    case mode(Backend)
    /// Rules in upstream's shape, loaded by the usual program.
    case tool(ReferenceTool)
    /// A whole proxy, with an API server beside it.
    case proxy(ProxyProgram, Backend)

    /// Its name in reports.
    public var description: String {
        switch self {
        case .noRules: "no rules"
        case .mode(let mode): mode.name
        case .tool(let tool): tool.subject
        case .proxy(let program, let mode): "\(program.name) \(mode.name)"
        }
    }

    /// Whether it stands beside ours for comparison.
    var isReference: Bool {
        switch self {
        case .noRules, .mode: false
        case .tool, .proxy: true
        }
    }
}
