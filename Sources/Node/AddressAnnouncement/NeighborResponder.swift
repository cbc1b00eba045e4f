import LinuxSystem
import Logging
import Netlink
import NetworkAddress

/// Answers who asks for our addresses on the links of this host, and says unasked that they are here.
actor NeighborResponder {
    private let executor = BlockingExecutor(label: "address announcement")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let nodeAddresses: [IPAddress]
    private let logger: Logger
    private var sockets: [UInt32: NeighborSocket] = [:]
    /// The devices of each address that is ours.
    private var owned: [IPAddress: Set<UInt32>] = [:]
    private var hasTold: Set<String> = []

    /// How long a look at the sockets may wait.
    private static let wait = Duration.milliseconds(50)

    init(nodeAddresses: [IPAddress], logger: Logger) {
        self.nodeAddresses = nodeAddresses
        self.logger = logger
    }

    // MARK: What is ours

    /// Makes these our addresses, and no others; new ones are announced at once.
    func own(_ addresses: Set<IPAddress>) {
        for gone in Set(owned.keys).subtracting(addresses) { release(gone) }
        let added = addresses.subtracting(owned.keys)
        guard !added.isEmpty else { return }
        let links = links()
        for address in added {
            let devices = links.devices(for: address).filter { open($0) != nil }
            owned[address] = devices
            setGroups(address, devices, isMember: true)
            announce(address)
        }
    }

    private func release(_ address: IPAddress) {
        setGroups(address, owned.removeValue(forKey: address) ?? [], isMember: false)
        let used = owned.values.reduce(into: Set<UInt32>()) { $0.formUnion($1) }
        sockets = sockets.filter { used.contains($0.key) }
    }

    private func setGroups(_ address: IPAddress, _ devices: Set<UInt32>, isMember: Bool) {
        guard address.family == .ipv6, let group = NeighborMessage.solicitedGroup(address) else { return }
        // Several addresses may have the same group.
        let isShared = owned.keys.contains { other in
            other != address && NeighborMessage.solicitedGroup(other) == group
        }
        guard !isShared else { return }
        for device in devices { attempt("join \(group)") { try sockets[device]?.setMember(isMember, of: group) } }
    }

    private func links() -> LinkChoice {
        var found: [DeviceAddress] = []
        attempt("list addresses") {
            var socket = try RouteSocket()
            try socket.addresses { found.append($0) }
        }
        return LinkChoice(addresses: found, nodeAddresses: nodeAddresses)
    }

    private func open(_ device: UInt32) -> NeighborSocket? {
        if let present = sockets[device] { return present }
        attempt("open device \(device)") { sockets[device] = try NeighborSocket(device: device) }
        return sockets[device]
    }

    /// Says of each address that is ours that it is here.
    func announceAll() { for address in owned.keys { announce(address) } }

    private func announce(_ address: IPAddress) {
        for device in owned[address] ?? [] {
            guard let socket = sockets[device] else { continue }
            attempt("announce \(address)") {
                if address.family == .ipv4 {
                    for message in NeighborMessage.gratuitous(address, socket.hardwareAddress) {
                        try socket.send(arp: message, to: NeighborMessage.broadcast)
                    }
                } else if let all = NeighborMessage.allNodes {
                    try socket.send(
                        icmpv6: NeighborMessage.advertisement(address, socket.hardwareAddress, isAnswer: false),
                        to: all)
                }
            }
        }
    }

    // MARK: Answers

    /// Looks at what came, and waits a moment where nothing has.
    /// - Returns: addresses of ours that somebody else says are his.
    func listen() -> Set<IPAddress> {
        var claimed: Set<IPAddress> = []
        let all = Array(sockets.values)
        attempt("wait for packets") { try NeighborSocket.wait(all, atMost: Self.wait) }
        for socket in all {
            var packets: [NeighborSocket.Packet] = []
            attempt("receive on device \(socket.device)") { packets = try socket.receive() }
            for packet in packets {
                let message: NeighborMessage? =
                    switch packet {
                    case .arp(let bytes): NeighborMessage(arp: bytes)
                    case .ipv6(let bytes): NeighborMessage(ipv6: bytes)
                    }
                if let message, let claim = take(message, socket) { claimed.insert(claim) }
            }
        }
        return claimed
    }

    private func take(_ message: NeighborMessage, _ socket: NeighborSocket) -> IPAddress? {
        switch message {
        case .claim(let address, let hardware):
            return owned[address]?.contains(socket.device) == true && hardware != socket.hardwareAddress
                ? address : nil
        case .question(let target, let sender, let hardware):
            guard owned[target]?.contains(socket.device) == true else { return nil }
            attempt("answer for \(target)") {
                if target.family == .ipv4 {
                    try socket.send(
                        arp: NeighborMessage.arpAnswer(target, socket.hardwareAddress, to: sender, hardware),
                        to: hardware)
                } else if let all = NeighborMessage.allNodes {
                    // Who has no address yet is told with all others.
                    let isAnswer = !sender.isUnspecified
                    try socket.send(
                        icmpv6: NeighborMessage.advertisement(target, socket.hardwareAddress, isAnswer: isAnswer),
                        to: isAnswer ? sender : all)
                }
            }
            return nil
        }
    }

    /// A link that is down now may be up soon; each failure is told once.
    private func attempt(_ what: String, _ work: () throws -> Void) {
        do {
            try work()
        } catch {
            guard hasTold.count < 100, hasTold.insert("\(what): \(error)").inserted else { return }
            logger.warning(
                "addresses may not be found on the link", metadata: ["what": "\(what)", "error": "\(error)"])
        }
    }
}
