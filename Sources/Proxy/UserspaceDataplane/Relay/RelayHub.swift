import Logging
import NIOCore
import NetworkAddress
import ServiceModel
import Synchronization

/// The state that all connections of one family share: the view of the host, the clock, and the choice of endpoints.
final class RelayHub: Sendable {
    let host: Mutex<HostView>
    let logger: Logger
    let tally = RelayTally()
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private let lastWarning: Mutex<Duration?> = Mutex(nil)

    init(logger: Logger) {
        host = Mutex(HostView())
        self.logger = logger
        start = clock.now
    }

    var now: Duration { clock.now - start }

    /// The endpoint for a new connection from `client` to `local`; nil if it may not have one, or none is left.
    ///
    /// - Parameter failed: endpoints that were tried in vain.
    func choose(
        for client: IPAddress, at local: IPAddress, _ assignment: ListenerTarget.Assignment,
        except failed: [EndpointAddress] = []
    ) -> EndpointAddress? {
        let listener = assignment.listener
        let isEverywhere = listener.key.address.isUnspecified
        // Looked up under the lock: a copy that is kept would have to be copied whole with the next change.
        let service = assignment.balancer.choice.withLock(\.state.service)
        let (isAdmitted, origin) = host.withLock { host in
            (
                (!isEverywhere || host.servesNodePorts(on: local))
                    && host.admits(client, to: service, listener.frontend.kind),
                host.origin(of: client)
            )
        }
        guard isAdmitted else { return nil }
        var random = SystemRandomNumberGenerator()
        var excluded = failed
        while true {
            let chosen = assignment.balancer.choice.withLock { choice -> EndpointAddress? in
                choice.choose(for: client, listener.frontend, from: origin, except: excluded, at: now, using: &random)
            }
            guard let chosen, host.withLock({ $0.isOwnFrontend(chosen, listener.key.transport) }) else {
                return chosen
            }
            excluded.append(chosen)
        }
    }

    static func sentence(_ error: any Error) -> String {
        guard let error = error as? IOError else { return "\(error)" }
        return SystemErrorText.sentence(code: error.errnoCode, description: error.description)
    }

    /// Says something that could be true for thousands of connections at once; at most once in 10 seconds.
    func warn(_ message: @autoclosure () -> String) {
        let now = now
        let isDue = lastWarning.withLock { last -> Bool in
            if let last, now - last < .seconds(10) { return false }
            last = now
            return true
        }
        if isDue { logger.warning("\(message())") }
    }
}
