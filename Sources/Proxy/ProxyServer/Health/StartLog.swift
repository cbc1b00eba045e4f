import Dataplane
import KubeAPI
import KubeClient
import Logging
import NetworkAddress
import ProxyConfiguration
import Synchronization

/// Logs a start: the version and settings, the filled caches, and when the rules are in force.
final class StartLog: Sendable {
    private struct State {
        var missing: [String]
        var addresses: [String]?
    }

    private let logger: Logger
    private let state: Mutex<State>
    private let start = ContinuousClock.now

    /// - Parameter kinds: what is listed before anything is programmed.
    init(kinds: [String], logger: Logger) {
        self.logger = logger
        state = Mutex(State(missing: kinds))
    }

    func started(_ settings: ProxySettings, nodeName: String, families: [IPFamily], server: String) {
        logger.info(
            "viaduct proxy \(BuildInformation.version) starts",
            metadata: [
                "mode": "\(settings.mode.name)", "node": "\(nodeName)",
                "families": "\(families.map(\.rawValue).joined(separator: ","))", "server": "\(server)",
            ])
    }

    /// The first list of a kind is complete.
    func listed(_ kind: String) {
        let isLast = state.withLock { state in
            guard let index = state.missing.firstIndex(of: kind) else { return false }
            state.missing.remove(at: index)
            return state.missing.isEmpty
        }
        if isLast { logger.info("the caches are filled", metadata: ["after": "\(elapsed)"]) }
    }

    func nodes(_ changes: [ObjectChange<Node>]) {
        for case .upserted(let object) in changes { node(object) }
    }

    /// This host's Node; told when its addresses are new.
    private func node(_ node: Node) {
        let addresses = node.addresses.filter { $0.type == "InternalIP" || $0.type == "ExternalIP" }.map(\.address)
        let isNew = state.withLock { state in
            let isNew = state.addresses != addresses
            state.addresses = addresses
            return isNew
        }
        guard isNew else { return }
        let list = addresses.isEmpty ? "none" : addresses.joined(separator: ",")
        logger.info("node found", metadata: ["node": "\(node.metadata.name)", "addresses": "\(list)"])
    }

    /// All families are in force for the first time.
    func programmed(_ settings: ProxySettings) {
        logger.info("the rules are in force", metadata: ["mode": "\(settings.mode.name)", "after": "\(elapsed)"])
    }

    private var elapsed: String { "\(Int((ContinuousClock.now - start) / .milliseconds(1))) ms" }
}
