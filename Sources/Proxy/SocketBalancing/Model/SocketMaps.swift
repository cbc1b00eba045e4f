import NetworkAddress
import ServiceModel

/// What the maps of the program hold for one IP family.
struct SocketMaps: Hashable, Sendable {
    /// Where a frontend leads.
    struct Target: Hashable, Sendable {
        /// A key of ``SocketMaps/ports``.
        var port: UInt32
        var list: EndpointList
        /// Whether only sockets in the node's own network namespace are led there.
        var isOnlyNode: Bool
    }

    /// One version of a list of endpoints.
    struct Version: Hashable, Sendable {
        /// Never used again for another list.
        var number: UInt32 = 0
        /// The slots 0..<count exist; 0: the list is not in use.
        var count: UInt16 = 0
    }

    /// A Service port, which the program reads whole: a change of both lists happens at once.
    struct Port: Hashable, Sendable {
        var cluster = Version()
        var local = Version()
        /// Seconds; 0: none.
        var affinity: UInt32 = 0

        subscript(list: EndpointList) -> Version {
            get { list == .cluster ? cluster : local }
            set { if list == .cluster { cluster = newValue } else { local = newValue } }
        }
    }

    struct Slot: Hashable, Sendable {
        var list: UInt32
        var index: UInt32
    }

    /// Keys have an address in any case: node ports are there for each address of the node.
    var frontends: [FrontendKey: Target] = [:]
    var ports: [UInt32: Port] = [:]
    var slots: [Slot: EndpointAddress] = [:]
}
