import Dataplane
import LinuxSystem
import NetworkAddress
import ProxyServer
import ServiceModel
import SocketBalancing

/// Which way a connection goes that a socket of this host makes, where connections of sockets are translated.
struct SocketPath {
    let settings: SocketBalancingSettings
    let flow: Flow
    let node: NodeFacts

    /// Whether it is translated when it is made; nil: it is none of this host's sockets, or nobody is to translate it.
    func explain(_ explanation: inout Explanation) {
        guard settings.isEnabled, let target = flow.target, flow.client.origin != .elsewhere else { return }
        switch SocketDecision(target.frontend, of: target.state, node, isOnlyNode: settings.isOnlyNode) {
        case .left(let reason):
            explanation.sockets = .init(isTranslated: false, reason: reason.rawValue)
        case .translated(_, onlyNode: true) where flow.client.origin != .node:
            explanation.sockets = .init(
                isTranslated: false, reason: "only the node's own sockets are sure to be led right")
        case .translated: readCount(&explanation)
        }
    }

    private func readCount(_ explanation: inout Explanation) {
        let key = FrontendKey(flow.destination.ip, flow.destination.port, flow.transport)
        do throws(SystemError) {
            let count = try SocketCounters(settings).translations(key)
            explanation.sockets = .init(
                isTranslated: count != nil,
                reason: count == nil
                    ? "the eBPF program does not know the address, though it should"
                    : "at connect, by eBPF, unless the socket has chosen a source address or a device",
                count: count)
        } catch {
            explanation.gaps.append(Gap("whether sockets' connections are translated", "\(error)"))
        }
    }
}
