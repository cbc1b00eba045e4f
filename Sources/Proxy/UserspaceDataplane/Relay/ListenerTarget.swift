import ServiceModel
import Synchronization

/// The endpoints of one Service port, shared by its sockets.
final class Balancer: Sendable {
    let choice: Mutex<EndpointChoice>

    init(_ state: ServicePortState) {
        choice = Mutex(EndpointChoice(state))
    }
}

/// The Service port that a socket currently serves.
final class ListenerTarget: Sendable {
    struct Assignment: Sendable {
        var listener: Listener
        var balancer: Balancer
        /// Whether the event loop gave the socket up.
        var isBroken = false
    }

    let assignment: Mutex<Assignment>

    init(_ listener: Listener, _ balancer: Balancer) {
        assignment = Mutex(Assignment(listener: listener, balancer: balancer))
    }

    var current: Assignment { assignment.withLock { $0 } }
}
