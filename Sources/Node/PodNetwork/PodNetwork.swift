import FoundationEssentials
import KubeAPI
public import KubeClient
import LinuxSystem
public import Logging
import Netlink
import NetworkAddress

/// Connects pods: writes the runtime's network configuration where there is none, and keeps the routes to the pods of the
/// other nodes.
public struct PodNetwork: Sendable {
    private let nodeName: String
    private let directory: String
    private let configuration: @Sendable ([IPNetwork]) -> CNIConfiguration
    private let informers: SharedInformers
    private let nodes: Informer<Node>
    private let clock: RetryClock
    private let logger: Logger

    /// How often routes are compared with the kernel's although no Node changed.
    private static let period = Duration.seconds(30)

    /// - Parameters:
    ///   - directory: where the runtime looks for its network configuration.
    ///   - template: the configuration without its pod ranges.
    public init(
        client: KubeClient, nodeName: String, directory: String = "/etc/cni/net.d",
        template: CNIConfiguration = CNIConfiguration(podCIDRs: []), clock: RetryClock = .system, logger: Logger
    ) {
        self.nodeName = nodeName
        self.directory = directory
        self.clock = clock
        self.logger = logger
        configuration = { ranges in
            var configuration = template
            configuration.podCIDRs = ranges
            return configuration
        }
        informers = SharedInformers(client: client, clock: clock, logger: logger)
        nodes = informers.informer(Node.self)
    }

    /// Works until the task is cancelled. Configuration and routes stay.
    public func run() async {
        let syncing = Controller<String>("pod network", workers: 1, clock: clock, logger: logger) { _ in
            let all = nodes.cache.all
            try configure(all)
            try route(all)
            return .again(after: Self.period)
        }
        nodes.onChange { transition in
            // Heartbeats change nothing here.
            guard
                transition.old?.podCIDRs != transition.new?.podCIDRs
                    || transition.old?.addresses != transition.new?.addresses
            else { return }
            syncing.queue.add(nodeName)
        }
        await informers.run { await syncing.run() }
    }

    /// Writes our file, unless the host has another configuration.
    private func configure(_ nodes: [Node]) throws {
        let ranges = nodes.first { $0.metadata.name == nodeName }?.podCIDRs.compactMap { IPNetwork($0) } ?? []
        guard !ranges.isEmpty else { return }
        let present = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        let others = present.filter { name in
            name != CNIConfiguration.fileName && [".conf", ".conflist", ".json"].contains { name.hasSuffix($0) }
        }
        guard others.isEmpty else { return }
        let path = "\(directory)/\(CNIConfiguration.fileName)"
        let wanted = Array(configuration(ranges).text.utf8)
        if (try? FileTree.read(path, limit: 64 << 10)) == wanted { return }
        try FileTree.makeDirectory(directory)
        try FileTree.write(path + ".new", wanted)
        try FileTree.rename(path + ".new", to: path)
        logger.info("wrote the network configuration of pods", metadata: ["file": "\(path)", "ranges": "\(ranges)"])
        for (family, parameter) in [
            (IPFamily.ipv4, "net/ipv4/ip_forward"), (.ipv6, "net/ipv6/conf/all/forwarding"),
        ] where ranges.contains(where: { $0.family == family }) {
            try KernelParameter.set(parameter, "1")
        }
    }

    private func route(_ nodes: [Node]) throws(SystemError) {
        let wanted = NodeRoutes.wanted(nodes, here: nodeName)
        var socket = try RouteSocket()
        let present = try socket.gatewayRoutes(maker: Self.maker)
        let change = NodeRoutes.change(from: present, to: wanted)
        guard !change.isEmpty else { return }
        for network in change.removed { try socket.deleteGatewayRoute(to: network, maker: Self.maker) }
        var failure: SystemError?
        for (network, gateway) in change.added.sorted(by: { $0.key < $1.key }) {
            do throws(SystemError) {
                try socket.setGatewayRoute(to: network, through: gateway, maker: Self.maker)
            } catch {
                // One node that is not in reach must not keep the others from it.
                failure = error
            }
        }
        if let failure { throw failure }
    }

    /// Removes our configuration, the bridge that it made, and our routes. What fails is told and keeps nothing else from
    /// going.
    public static func removeLeftovers(directory: String, bridge: String, logger: Logger) {
        func attempt(_ what: String, _ work: () throws -> Void) {
            do {
                try work()
            } catch {
                logger.warning("\(what) cannot be removed", metadata: ["error": "\(error)"])
            }
        }
        let file = "\(directory)/\(CNIConfiguration.fileName)"
        // Whose configuration it is, his is the bridge.
        if FileTree.mode(file) != nil {
            attempt(file) { try FileManager.default.removeItem(atPath: file) }
            attempt("the bridge \(bridge)") {
                var socket = try RouteSocket()
                if try socket.device(bridge) != nil { try socket.deleteDevice(bridge) }
            }
        }
        attempt("routes to other nodes") {
            var socket = try RouteSocket()
            for network in try socket.gatewayRoutes(maker: maker).keys {
                try socket.deleteGatewayRoute(to: network, maker: maker)
            }
        }
    }

    /// rtm_protocol of our routes; `ip route show proto 200` lists them.
    private static let maker: UInt8 = 200
}
