import NetworkAddress
import ServiceModel

/// The work for a change: additions before removals.
struct UserspacePlan: Hashable, Sendable {
    /// Service addresses that are needed, or not needed any more.
    var addedAddresses: Set<IPAddress> = []
    var removedAddresses: Set<IPAddress> = []
    var opened: [Listener] = []
    /// Sockets that stay and are another Service port's from now on, or another kind of its frontends.
    var reassigned: [Listener] = []
    var closed: [ListenerKey] = []
    /// Service ports whose endpoints or policies may differ.
    var updated: Set<ServicePortName> = []
    var removed: Set<ServicePortName> = []
    /// Service ports of a protocol that cannot be relayed.
    var unsupported: Set<ServicePortName> = []
}
