import Dataplane
import KubeAPI
import NetworkAddress
import ProxyConfiguration
import ProxyServer
import ServiceModel

/// Resolves the two ends of a connection. Pure.
package struct FlowResolver: Sendable {
    private let facts: ClusterFacts
    /// For names without one.
    private let namespace: String

    package init(_ facts: ClusterFacts, namespace: String = "default") {
        self.facts = facts
        self.namespace = namespace
    }

    /// - Throws: ``ExplainError``: if a Service, a pod or a port does not exist; it names the nearest existing one.
    package func flow(from source: FlowSource, to target: FlowTarget) throws(ExplainError) -> Flow {
        let family: IPFamily?
        switch source {
        case .address(let address): family = address.family
        case .pod, .outside, .node: family = nil
        }
        var (destination, transport, notes) = try destination(target, family)
        let client = try client(source, family: destination.ip.family)
        if let address = client.address, address.family != destination.ip.family {
            throw ExplainError("\(address) is no \(destination.ip.family.rawValue) address, as \(destination.ip) is")
        }
        let found = facts.target(destination, transport)
        if found == nil { notes += strayNotes(destination, transport) }
        return Flow(client: client, destination: destination, transport: transport, target: found, notes: notes)
    }

    // MARK: Clients

    private func client(_ source: FlowSource, family: IPFamily) throws(ExplainError) -> Flow.Client {
        switch source {
        case .node:
            return Flow.Client(
                address: nil, origin: .node, why: "it begins on this node", name: "node \(facts.nodeName)")
        case .outside:
            return Flow.Client(
                address: nil, origin: .elsewhere, why: "it comes from outside", name: "a client outside")
        case .address(let address):
            let owner = facts.owner(of: address)
            return client(address, name: owner.map { "\(address) (\($0))" } ?? "\(address)")
        case .pod(let given, let name):
            let pod = try pod(ObjectKey(namespace: given ?? namespace, name: name))
            let addresses = pod.status.podIPs.compactMap { IPAddress($0) }
            guard let address = addresses.first(where: { $0.family == family }) else {
                throw ExplainError(
                    addresses.isEmpty
                        ? "pod \(pod.metadata.key) has no address yet (\(pod.status.phase))"
                        : "pod \(pod.metadata.key) has no \(family.rawValue) address")
            }
            var client = client(address, name: "pod \(pod.metadata.key) (\(address))")
            let node = pod.spec.nodeName
            if !node.isEmpty, node != facts.nodeName { client.otherNode = node }
            return client
        }
    }

    private func client(_ address: IPAddress, name: String) -> Flow.Client {
        func client(_ origin: Origin, _ why: String, on node: String? = nil) -> Flow.Client {
            Flow.Client(address: address, origin: origin, why: why, otherNode: node, name: name)
        }
        if facts.isLocal(address) { return client(.node, "\(address) is an address of this node") }
        let node = facts.otherNode(with: address)
        switch facts.facts(address.family).localPods.match {
        case .source(let network)?:
            guard network.contains(address) else {
                return client(.elsewhere, "\(address) is not in \(network)", on: node)
            }
            return client(.podHere, "\(address) is in \(network), where this node's pods are looked for", on: node)
        case .inputInterface(let device, let isPrefix)?:
            guard let input = facts.device(address) else {
                return client(.elsewhere, "no route says which device \(address) comes in by", on: node)
            }
            guard isPrefix ? input.hasPrefix(device) : input == device else {
                return client(.elsewhere, "it comes in by \(input), not by \(device)\(isPrefix ? "*" : "")", on: node)
            }
            return client(.podHere, "it comes in by \(input), as this node's pods do")
        case nil: return client(.elsewhere, "the configuration tells no pods of this node", on: node)
        }
    }

    private func pod(_ key: ObjectKey) throws(ExplainError) -> Pod {
        if let pod = facts.pods.first(where: { $0.metadata.key == key }) { return pod }
        let names = facts.pods.filter { $0.metadata.namespace == key.namespace }.map(\.metadata.name)
        if let near = SpellingSuggestion.nearest(to: key.name, among: names) {
            throw ExplainError("pod \(key) does not exist; the nearest is pod/\(key.namespace)/\(near)")
        }
        let elsewhere = facts.pods.first { $0.metadata.name == key.name }
        throw ExplainError(
            "pod \(key) does not exist" + (elsewhere.map { "; there is pod/\($0.metadata.key)" } ?? ""))
    }

    // MARK: Destinations

    private typealias Destination = (EndpointAddress, TransportProtocol, [String])

    private func destination(_ target: FlowTarget, _ family: IPFamily?) throws(ExplainError) -> Destination {
        switch target.place {
        case .service(let given, let name):
            return try service(ObjectKey(namespace: given ?? namespace, name: name), target, family)
        case .address(let address): return try self.address(address, target)
        case .nodePort: return try nodePort(target, family)
        case .pod(let given, let name):
            let pod = try pod(ObjectKey(namespace: given ?? namespace, name: name))
            let addresses = pod.status.podIPs.compactMap { IPAddress($0) }
            guard let address = addresses.first(where: { family == nil || $0.family == family }) else {
                throw ExplainError("pod \(pod.metadata.key) has no address that could be asked for")
            }
            guard let port = target.port.flatMap({ UInt16($0) }) else {
                throw ExplainError("TO: which port of pod \(pod.metadata.key)? Write pod/\(pod.metadata.key):PORT")
            }
            return (EndpointAddress(address, port), target.transport ?? .tcp, [])
        }
    }

    private func service(
        _ key: ObjectKey, _ target: FlowTarget, _ family: IPFamily?
    ) throws(ExplainError) -> Destination {
        guard facts.services[key] != nil else { throw missing(key) }
        let all = IPFamily.allCases.flatMap { facts.states($0).values }
            .filter { $0.service.name.namespace == key.namespace && $0.service.name.name == key.name }
        guard !all.isEmpty else { throw notProxied(key) }
        let wanted = family ?? IPFamily(rawValue: facts.services[key]?.spec.ipFamilies.first ?? "")
        let ports = all.filter { $0.service.family == (wanted ?? all[0].service.family) }.map(\.service)
        guard !ports.isEmpty else {
            throw ExplainError("Service \(key) has no \(wanted?.rawValue ?? "") address")
        }
        var fitting = ports.filter { target.transport == nil || $0.name.transport == target.transport }
        if let text = target.port {
            let number = UInt16(text)
            fitting = fitting.filter { number == nil ? $0.name.port == text : $0.port == number }
        }
        let names = ports.map {
            "\($0.port)/\($0.name.transport.apiName)\($0.name.port.isEmpty ? "" : " (\($0.name.port))")"
        }
        .sorted().joined(separator: ", ")
        if target.port == nil, Set(fitting.map(\.port)).count > 1 {
            throw ExplainError(
                "Service \(key) has several ports: \(names); say which, as in service/\(key):\(fitting[0].port)")
        }
        guard let port = fitting.min(by: { $0.name.transport < $1.name.transport }) else {
            let asked = (target.port ?? "any") + (target.transport.map { "/\($0.apiName)" } ?? "")
            let near = target.port.flatMap { nearestPort($0, ports) }
            throw ExplainError(
                "Service \(key) has no port \(asked); it has \(names)" + (near.map { ". The nearest is \($0)" } ?? ""))
        }
        return (EndpointAddress(port.clusterIP, port.port), port.name.transport, [])
    }

    private func nearestPort(_ text: String, _ ports: [ServicePort]) -> String? {
        guard let number = UInt16(text) else {
            return SpellingSuggestion.nearest(to: text, among: ports.map(\.name.port))
        }
        return ports.min { abs(Int($0.port) - Int(number)) < abs(Int($1.port) - Int(number)) }.map { "\($0.port)" }
    }

    private func missing(_ key: ObjectKey) -> ExplainError {
        let names = facts.services.keys.filter { $0.namespace == key.namespace }.map(\.name)
        if let near = SpellingSuggestion.nearest(to: key.name, among: names.sorted()) {
            return ExplainError("Service \(key) does not exist; the nearest is service/\(key.namespace)/\(near)")
        }
        let elsewhere = facts.services.keys.filter { $0.name == key.name }.min { $0.description < $1.description }
        return ExplainError("Service \(key) does not exist" + (elsewhere.map { "; there is service/\($0)" } ?? ""))
    }

    private func notProxied(_ key: ObjectKey) -> ExplainError {
        if let problem = facts.problems.first(where: { $0.kind == .service && $0.key == key }) {
            return ExplainError("Service \(key) is not proxied: \(problem.message)")
        }
        return ExplainError(
            "Service \(key) is not proxied: it is headless, an ExternalName, or another proxy's "
                + "(label service.kubernetes.io/service-proxy-name)")
    }

    private func address(_ address: IPAddress, _ target: FlowTarget) throws(ExplainError) -> Destination {
        let ways = facts.frontends(address.family).map(\.frontend.key).filter { $0.ip == address }
        guard let text = target.port, let port = UInt16(text) else {
            let fitting = ways.filter { target.transport == nil || $0.transport == target.transport }.sorted()
            guard let only = fitting.first, Set(fitting.map(\.port)).count == 1 else {
                let ports = fitting.map { "\($0.port)/\($0.transport.apiName)" }.joined(separator: ", ")
                throw ExplainError(
                    "TO: which port of \(address)?" + (fitting.isEmpty ? "" : " Services have \(ports) there"))
            }
            return (EndpointAddress(address, only.port), only.transport, [])
        }
        let nodePorts =
            facts.acceptsNodePorts(address)
            ? facts.frontends(address.family).map(\.frontend.key).filter(\.isNodePort) : []
        let known = (ways + nodePorts).filter { $0.port == port }.map(\.transport)
        return (EndpointAddress(address, port), target.transport ?? known.min() ?? .tcp, [])
    }

    private func nodePort(_ target: FlowTarget, _ family: IPFamily?) throws(ExplainError) -> Destination {
        let port = target.port.flatMap { UInt16($0) } ?? 0
        let families = family.map { [$0] } ?? IPFamily.allCases
        let all = families.flatMap { facts.frontends($0) }.filter { $0.frontend.kind == .nodePort }
        let fitting = all.filter {
            $0.frontend.key.port == port && (target.transport ?? $0.frontend.key.transport) == $0.frontend.key.transport
        }
        let best = fitting.min {
            ($0.frontend.key.ip.family, $0.frontend.key.transport) < (
                $1.frontend.key.ip.family, $1.frontend.key.transport
            )
        }
        guard let key = best?.frontend.key else {
            let near = all.min {
                abs(Int($0.frontend.key.port) - Int(port)) < abs(Int($1.frontend.key.port) - Int(port))
            }
            throw ExplainError(
                "no Service has node port \(port)" + (target.transport.map { "/\($0.apiName)" } ?? "")
                    + (near.map {
                        "; the nearest is \($0.frontend.key.port)/\($0.frontend.key.transport.apiName) of \($0.state.service.name)"
                    }
                        ?? "; there are no node ports at all"))
        }
        let family = key.ip.family
        let listed = facts.facts(family).nodePortAddresses
        let candidates =
            listed ?? facts.localAddresses.filter { $0.family == family && !$0.isLoopback && !$0.isLinkLocal }
        let primary = facts.model.primaryAddress(family)
        guard
            let address = candidates.first(where: { $0 == primary }) ?? candidates.first(where: { !$0.isLoopback })
                ?? candidates.first
        else {
            throw ExplainError("this node has no \(family.rawValue) address that serves node ports (nodePortAddresses)")
        }
        return (
            EndpointAddress(address, port), key.transport, ["node port \(port) on \(address), an address of this node"]
        )
    }

    // MARK: What leads to no Service

    private func strayNotes(_ destination: EndpointAddress, _ transport: TransportProtocol) -> [String] {
        let ways = facts.frontends(destination.ip.family)
        let same = ways.filter { $0.frontend.key.ip == destination.ip }
        if let owner = same.first?.state.service.name {
            let ports = Set(same.map { "\($0.frontend.key.port)/\($0.frontend.key.transport.apiName)" }).sorted()
            return [
                "\(destination.ip) is an address of Service \(owner.namespace)/\(owner.name), which has no port "
                    + "\(destination.port)/\(transport.apiName); it has \(ports.joined(separator: ", "))"
            ]
        }
        if facts.isLocal(destination.ip) {
            let taken = ways.first { $0.frontend.kind == .nodePort && $0.frontend.key.port == destination.port }
            if let taken {
                let isOther = taken.frontend.key.transport != transport
                return [
                    "\(destination.port) is a node port of \(taken.state.service.name), "
                        + (isOther
                            ? "over \(taken.frontend.key.transport.apiName)"
                            : "but not on \(destination.ip) (nodePortAddresses)")
                ]
            }
            return ["\(destination.ip) is this node's own, and no Service has node port \(destination.port)"]
        }
        if let owner = facts.owner(of: destination.ip) {
            return ["\(destination.ip) is \(owner), no address of a Service"]
        }
        var notes = ["\(destination.ip) is nobody's that the API server knows"]
        let near = ways.filter { !$0.frontend.key.isNodePort }.min {
            Self.distance($0.frontend.key.ip, destination.ip) < Self.distance($1.frontend.key.ip, destination.ip)
        }
        if let near {
            notes.append("the nearest address of a Service is \(near.frontend.key) of \(near.state.service.name)")
        }
        return notes
    }

    private static func distance(_ left: IPAddress, _ right: IPAddress) -> UInt128 {
        left.value > right.value ? left.value - right.value : right.value - left.value
    }
}
