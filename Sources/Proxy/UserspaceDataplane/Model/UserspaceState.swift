import NetworkAddress
import ServiceModel

/// The desired state: which sockets listen for which Service ports, and which addresses they need. A value without
/// sockets or clock; the cost of a change is proportional to its size.
struct UserspaceState: Sendable {
    let family: IPFamily
    let scope: UserspaceConfiguration.Scope
    private(set) var ports: [ServicePortName: ServicePortState] = [:]
    private(set) var listeners: [ListenerKey: Listener] = [:]
    /// Node ports on an address and port that is also another Service's external address, which takes precedence.
    private var shadowed: [ListenerKey: Listener] = [:]
    /// Service addresses, and how many frontends of Service ports need each.
    private(set) var addresses: [IPAddress: Int] = [:]
    private(set) var node = NodeFacts()
    /// The node's own addresses: UDP node ports have a socket on each, since a reply must come from the right one.
    private(set) var localAddresses: [IPAddress] = []
    /// The devices that link-local addresses are on.
    private var devices: [IPAddress: Set<UInt32>] = [:]

    init(family: IPFamily, scope: UserspaceConfiguration.Scope = .everything) {
        self.family = family
        self.scope = scope
    }

    // MARK: Changes

    mutating func apply(_ delta: FamilyDelta) -> UserspacePlan {
        var changes = Changes()
        if let facts = delta.node, facts != node {
            let affected = ports.values.filter { $0.service.nodePort != 0 }
            for state in affected { withdraw(state, &changes) }
            node = facts
            for state in affected { provide(state, &changes) }
        }
        for name in delta.removed {
            guard let old = ports.removeValue(forKey: name) else { continue }
            withdraw(old, &changes)
            changes.plan.removed.insert(name)
        }
        for name in delta.updated.keys {
            if let old = ports[name] { withdraw(old, &changes) }
        }
        for (name, new) in delta.updated {
            ports[name] = new
            provide(new, &changes)
            changes.plan.updated.insert(name)
            if isUnsupported(name) { changes.plan.unsupported.insert(name) }
        }
        return plan(changes)
    }

    /// Whether a Service port has a protocol that cannot be relayed and that nothing else serves.
    func isUnsupported(_ name: ServicePortName) -> Bool { scope == .everything && name.transport == .sctp }

    /// Takes the node's addresses, without those that are only there for Services.
    ///
    /// - Parameter newDevices: the devices that link-local IPv6 addresses are on.
    mutating func setLocalAddresses(
        _ new: [IPAddress], devices newDevices: [IPAddress: Set<UInt32>] = [:]
    ) -> UserspacePlan {
        var changes = Changes()
        guard new != localAddresses || newDevices != devices else { return changes.plan }
        let affected = ports.values.filter {
            $0.service.nodePort != 0 && ($0.service.name.transport == .udp || node.nodePortAddresses != nil)
        }
        for state in affected { withdraw(state, &changes) }
        localAddresses = new
        devices = newDevices
        for state in affected { provide(state, &changes) }
        return plan(changes)
    }

    /// The sockets that serve a Service port.
    func listeners(of name: ServicePortName) -> [Listener] {
        guard let state = ports[name] else { return [] }
        return wanted(state).filter { listeners[$0.key] == $0 }
    }

    /// What the touched keys held before, for the difference.
    private struct Changes {
        var plan = UserspacePlan()
        var listeners: [ListenerKey: Listener?] = [:]
        var addresses: [IPAddress: Bool] = [:]

        mutating func note(_ key: ListenerKey, in state: UserspaceState) {
            if listeners[key] == nil { listeners[key] = .some(state.listeners[key]) }
        }

        mutating func note(_ address: IPAddress, in state: UserspaceState) {
            if addresses[address] == nil { addresses[address] = state.addresses[address] != nil }
        }
    }

    private func plan(_ changes: Changes) -> UserspacePlan {
        var plan = changes.plan
        for (key, before) in changes.listeners {
            switch (before, listeners[key]) {
            case (nil, let after?): plan.opened.append(after)
            case (.some, nil): plan.closed.append(key)
            case (let before?, let after?) where before != after: plan.reassigned.append(after)
            default: break
            }
        }
        for (address, wasNeeded) in changes.addresses {
            switch (wasNeeded, addresses[address] != nil) {
            case (false, true): plan.addedAddresses.insert(address)
            case (true, false): plan.removedAddresses.insert(address)
            default: break
            }
        }
        return plan
    }

    // MARK: One Service port

    private mutating func provide(_ state: ServicePortState, _ changes: inout Changes) {
        for address in neededAddresses(state) {
            changes.note(address, in: self)
            addresses[address, default: 0] += 1
        }
        for listener in wanted(state) {
            changes.note(listener.key, in: self)
            guard let other = listeners[listener.key] else {
                listeners[listener.key] = listener
                continue
            }
            if listener.frontend.kind == .nodePort {
                shadowed[listener.key] = listener
            } else {
                shadowed[listener.key] = other
                listeners[listener.key] = listener
            }
        }
    }

    private mutating func withdraw(_ state: ServicePortState, _ changes: inout Changes) {
        for address in neededAddresses(state) {
            changes.note(address, in: self)
            let count = (addresses[address] ?? 0) - 1
            addresses[address] = count > 0 ? count : nil
        }
        for listener in wanted(state) {
            changes.note(listener.key, in: self)
            if listeners[listener.key] == listener {
                listeners[listener.key] = shadowed.removeValue(forKey: listener.key)
            } else if shadowed[listener.key] == listener {
                shadowed[listener.key] = nil
            }
        }
    }

    /// The addresses that a Service port needs even while it has no endpoints, so that connections live on.
    private func neededAddresses(_ state: ServicePortState) -> Set<IPAddress> {
        let service = state.service
        guard scope == .everything, service.name.transport != .sctp else { return [] }
        return Set(service.addresses)
    }

    /// The sockets for a port. A frontend that refuses all clients has none: the kernel refuses them.
    private func wanted(_ state: ServicePortState) -> [Listener] {
        let service = state.service
        guard service.name.transport != .sctp else { return [] }
        var wanted: [Listener] = []
        service.forEachFrontend { frontend in
            guard Origin.allCases.contains(where: { state.outcome(of: frontend, for: $0) != .reject }) else { return }
            guard frontend.kind == .nodePort else {
                if scope == .everything {
                    wanted.append(
                        Listener(key: ListenerKey(frontend.key), service: service.name, frontend: frontend))
                }
                return
            }
            // An address of the Service goes before its own node port.
            for key in nodePortKeys(frontend.key.port, frontend.key.transport)
            where !wanted.contains(where: { $0.key == key }) {
                wanted.append(Listener(key: key, service: service.name, frontend: frontend))
            }
        }
        return wanted
    }

    /// Where a node port is served.
    func nodePortKeys(_ port: UInt16, _ transport: TransportProtocol) -> [ListenerKey] {
        if scope == .localhostNodePorts {
            return [ListenerKey(IPAddress(family: family, value: family == .ipv4 ? 0x7F00_0001 : 1), port, transport)]
        }
        let addresses =
            node.nodePortAddresses
            ?? (transport == .udp ? localAddresses : [IPAddress(family: family, value: 0)])
        return addresses.flatMap { address in
            address.family == .ipv6 && address.isLinkLocal
                ? (devices[address] ?? []).sorted().map { ListenerKey(address, port, transport, device: $0) }
                : [ListenerKey(address, port, transport)]
        }
    }
}
