import Glibc
import LinuxSystem
import Netlink
import NetworkAddress

/// The devices, addresses and routes of pods with a network namespace of their own.
actor PodBridge {
    /// The device in each pod's namespace.
    static let podDevice = "eth0"

    private let network: NamespaceNetwork
    private let executor = BlockingExecutor(label: "viaduct.pod-bridge")
    private var routes: Kernel?

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Where the bridge is.
    private final class Kernel {
        var socket: RouteSocket
        let bridge: UInt32

        init(_ network: NamespaceNetwork) throws(SystemError) {
            socket = try RouteSocket()
            try socket.deleteDevice(network.bridge)
            // Pods keep it in their neighbor tables, so it must not change with the bridge's ports.
            let address = [0x02] + (0..<5).map { _ in UInt8.random(in: 0...255) }
            bridge = try socket.addDevice(network.bridge, kind: "bridge", hardwareAddress: address)
            for gateway in network.gateways {
                try socket.addAddress(gateway, prefixLength: gateway.family.bitWidth, device: bridge)
            }
            try socket.setUp(bridge)
        }
    }

    init(_ network: NamespaceNetwork) {
        self.network = network
    }

    /// Makes the bridge anew. What an earlier process left hangs on the old one and goes with it.
    func prepare() throws(SystemError) {
        routes = nil
        routes = try Kernel(network)
        // Pods reach each other through the host, which must neither refuse that nor tell them a shorter way.
        try KernelParameter.set("net/ipv4/conf/\(network.bridge)/forwarding", "1")
        try KernelParameter.set("net/ipv4/conf/\(network.bridge)/send_redirects", "0")
    }

    /// Makes a namespace with the pod's addresses, and opens its sockets there.
    func connect(_ pod: SimulatedPod) throws(SystemError) -> (NetworkNamespace, [PodSocket]) {
        guard let kernel = routes else { throw SystemError("connect a pod to the bridge", code: ENOTCONN) }
        let namespace = try NetworkNamespace()
        let device = Self.deviceName(pod)
        try kernel.socket.deleteDevice(device)
        try kernel.socket.addPair(device, bridge: kernel.bridge, peer: Self.podDevice, in: namespace)
        let gateways = network.gateways
        do throws(SystemError) {
            let sockets = try namespace.run { () throws(SystemError) in
                try Self.configure(pod.addresses, gateways)
                return try PodSocket.open(pod.ports, Set(pod.addresses.map(\.family)))
            }
            for address in pod.addresses {
                try kernel.socket.addRoute(to: IPNetwork(address), device: kernel.bridge)
            }
            return (namespace, sockets)
        } catch {
            // The first problem is the one to tell.
            try? kernel.socket.deleteDevice(device)
            throw error
        }
    }

    /// In the pod's namespace: everything else is behind the gateway.
    private static func configure(_ addresses: [IPAddress], _ gateways: [IPAddress]) throws(SystemError) {
        var socket = try RouteSocket()
        try socket.setUp(try socket.found("lo"))
        let device = try socket.found(podDevice)
        try socket.setUp(device)
        for address in addresses {
            try socket.addAddress(address, prefixLength: address.family.bitWidth, device: device)
            guard let gateway = gateways.first(where: { $0.family == address.family }),
                let everything = IPNetwork(address: address, prefixLength: 0)
            else { continue }
            try socket.addRoute(to: IPNetwork(gateway), device: device)
            try socket.addRoute(to: everything, through: gateway, device: device)
        }
    }

    func disconnect(_ pod: SimulatedPod) throws(SystemError) {
        guard let kernel = routes else { return }
        for address in pod.addresses { try kernel.socket.deleteRoute(to: IPNetwork(address), device: kernel.bridge) }
        try kernel.socket.deleteDevice(Self.deviceName(pod))
    }

    func finish() throws(SystemError) {
        try routes?.socket.deleteDevice(network.bridge)
        routes = nil
    }

    /// `vp` and the beginning of the pod's UID: at most 15 bytes.
    static func deviceName(_ pod: SimulatedPod) -> String { "vp" + pod.uid.filter(\.isHexDigit).prefix(12) }
}
