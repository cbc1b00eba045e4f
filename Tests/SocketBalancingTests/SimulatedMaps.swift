import Dataplane
import NetworkAddress
import ServiceModel

@testable import SocketBalancing

/// The maps as plans make them, and what the program would find in them.
struct SimulatedMaps {
    var maps = SocketMaps()

    /// What a socket is led to: the endpoints, by how many slots each has; nil: nothing is found.
    func lookup(_ key: FrontendKey, onNode: Bool) -> [EndpointAddress: Int]? {
        guard let target = maps.frontends[key], onNode || !target.isOnlyNode, let port = maps.ports[target.port]
        else { return nil }
        let version = port[target.list]
        var found: [EndpointAddress: Int] = [:]
        for index in 0..<UInt32(version.count) {
            // The program leaves a connection alone where its slot is missing.
            guard let endpoint = maps.slots[.init(list: version.number, index: index)] else { continue }
            found[endpoint, default: 0] += 1
        }
        return found.isEmpty ? nil : found
    }

    /// Makes the change, element by element in the plan's order; `seen` is called after each.
    mutating func apply(_ plan: SocketPlan, _ seen: (SimulatedMaps) -> Void = { _ in }) {
        for key in plan.removedFrontends {
            maps.frontends[key] = nil
            seen(self)
        }
        for (slot, endpoint) in plan.putSlots {
            maps.slots[slot] = endpoint
            seen(self)
        }
        for (number, port) in plan.putPorts {
            maps.ports[number] = port
            seen(self)
        }
        for (key, target) in plan.putFrontends {
            maps.frontends[key] = target
            seen(self)
        }
        for number in plan.removedPorts {
            maps.ports[number] = nil
            seen(self)
        }
        for slot in plan.removedSlots {
            maps.slots[slot] = nil
            seen(self)
        }
    }

    /// Where the sockets of a node should be led, by the decisions alone.
    static func wanted(
        _ states: some Sequence<ServicePortState>, _ node: NodeFacts, onNode: Bool
    ) -> [FrontendKey: Set<EndpointAddress>] {
        var addresses: [FrontendKey: Set<EndpointAddress>?] = [:]
        var nodePorts: [FrontendKey: Set<EndpointAddress>?] = [:]
        for state in states {
            state.service.forEachFrontend { frontend in
                let decision = SocketDecision(frontend, of: state, node, isOnlyNode: false)
                var endpoints: Set<EndpointAddress>?
                if case .translated(let list, let onlyNode) = decision, onNode || !onlyNode {
                    endpoints = Set(state.choices(list).map(\.address))
                }
                guard frontend.key.isNodePort else {
                    addresses[frontend.key] = .some(endpoints)
                    return
                }
                for address in node.nodePortAddresses ?? [] {
                    let key = FrontendKey(address, frontend.key.port, frontend.key.transport)
                    nodePorts[key] = .some(address.isLoopback && !onNode ? nil : endpoints)
                }
            }
        }
        return nodePorts.merging(addresses) { $1 }.compactMapValues { $0 }
    }
}
