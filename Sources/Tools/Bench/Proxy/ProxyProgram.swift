import Dataplane
import ProxyConfiguration
import ProxyServer
import UserspaceDataplane

/// A service proxy that runs as a whole: it gets its objects from an API server.
public enum ProxyProgram: Hashable, Sendable, CaseIterable {
    /// `viaduct proxy`.
    case own
    /// The binary that the user gave.
    case kubeProxy

    var name: String {
        switch self {
        case .own: "viaduct proxy"
        case .kubeProxy: "kube-proxy"
        }
    }

    /// Whether it has a mode: upstream gave userspace up.
    func has(_ mode: Backend) -> Bool { self == .own || mode != .userspace }
}
