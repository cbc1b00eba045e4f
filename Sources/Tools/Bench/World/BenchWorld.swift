import LinuxSystem
import Netlink
import NetworkAddress

/// A client, a node and a host with all backends, each a network namespace without a name, the node between the others.
/// Every way of programming has a world of its own, all alike, so that they exist at the same time and are measured in
/// turns.
///
/// The kernel removes namespaces, devices and rules when this process's last descriptor is closed and the last program
/// in the node has ended. So nothing is left behind, however the process ends.
final class BenchWorld: Sendable {
    let client: NetworkNamespace
    let node: NetworkNamespace
    let backends: NetworkNamespace
    private let server: BackendServer

    private init(client: NetworkNamespace, node: NetworkNamespace, backends: NetworkNamespace, server: BackendServer) {
        self.client = client
        self.node = node
        self.backends = backends
        self.server = server
    }

    /// - Parameter workload: whose probed services answer over UDP; over TCP all do.
    static func make(for workload: Workload) async throws -> BenchWorld {
        let client = try NetworkNamespace()
        let node = try NetworkNamespace()
        let backends = try NetworkNamespace()
        try node.run { () throws(SystemError) in try configureNode(client: client, backends: backends) }
        try client.run { () throws(SystemError) in
            try configureHost(WorldAddresses.client, gateway: WorldAddresses.nodeToClients)
        }
        let sockets = try backends.run { () throws(SystemError) in
            try configureHost(
                WorldAddresses.backends, gateway: WorldAddresses.nodeToBackends, serving: Workload.endpointNetwork)
            return try BackendServer.Sockets.open(for: workload)
        }
        return BenchWorld(
            client: client, node: node, backends: backends, server: try await BackendServer.start(sockets))
    }

    func close() async { await server.stop() }

    private static func configureNode(client: NetworkNamespace, backends: NetworkNamespace) throws(SystemError) {
        var routes = try RouteSocket()
        try routes.setUp(try routes.found("lo"))
        for (device, address, namespace) in [
            ("clients", WorldAddresses.nodeToClients, client), ("backends", WorldAddresses.nodeToBackends, backends),
        ] {
            try routes.addPair(device, peer: hostDevice, in: namespace)
            let index = try routes.found(device)
            try routes.addAddress(address, prefixLength: WorldAddresses.prefixLength, device: index)
            try routes.setUp(index)
        }
        try routes.addRoute(
            to: Workload.endpointNetwork, through: WorldAddresses.backends, device: try routes.found("backends"))
        try KernelParameter.set("net/ipv4/ip_forward", "1")
        try KernelParameter.set("net/ipv4/conf/all/send_redirects", "0")
    }

    private static let hostDevice = "eth0"

    private static func configureHost(
        _ address: IPAddress, gateway: IPAddress, serving network: IPNetwork? = nil
    ) throws(SystemError) {
        var routes = try RouteSocket()
        let loopback = try routes.found("lo")
        try routes.setUp(loopback)
        let device = try routes.found(hostDevice)
        try routes.addAddress(address, prefixLength: WorldAddresses.prefixLength, device: device)
        try routes.setUp(device)
        if let everything = IPNetwork(address: gateway, prefixLength: 0) {
            try routes.addRoute(to: everything, through: gateway, device: device)
        }
        if let network { try routes.addLocalRoute(to: network, device: loopback) }
    }
}
