import NodeAgent
import Synchronization

/// The certificate that the agent's server shows: made here at first, then the one that the cluster signed.
final class ServingSource: Sendable {
    private let current = Mutex<String?>(nil)

    /// - Parameter text: certificate and key in one PEM text.
    func take(_ text: String) { current.withLock { $0 = text } }

    /// Nil: there is none yet.
    var pem: String? { current.withLock { $0 } }
}
