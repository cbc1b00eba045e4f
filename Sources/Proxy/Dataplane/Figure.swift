/// A number from a backend, shown as a gauge by IP family.
public struct Figure: Hashable, Sendable {
    /// The metric's name.
    public let name: String
    public let help: String

    public init(_ name: String, _ help: String) {
        self.name = name
        self.help = help
    }

    // Here, as several backends may have them.

    public static let drainingEndpoints = Figure(
        "viaduct_draining_endpoints", "Endpoints that get no new connections and wait for theirs to end")
    public static let drainingConnections = Figure(
        "viaduct_draining_connections", "Live connections to endpoints that drain")
    public static let unservedFrontends = Figure(
        "viaduct_unserved_frontends", "Addresses and ports of Services that the proxy cannot listen on")
    public static let socketFrontends = Figure(
        "viaduct_socket_frontends", "Addresses and ports of Services for which connections of sockets are translated")
    public static let socketPortsWithoutRoom = Figure(
        "viaduct_socket_ports_without_room", "Service ports for which the maps of socket balancing have no room")
}
