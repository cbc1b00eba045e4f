import NetworkAddress
import ProxyServer

/// Other users of the node ports.
enum PortFindings {
    static let range = "/proc/sys/net/ipv4/ip_local_port_range"
    static let reserved = "/proc/sys/net/ipv4/ip_local_reserved_ports"

    static func all(_ facts: HostFacts, nodePorts: ClosedRange<UInt16>) -> [Finding] {
        clientPorts(facts, nodePorts) + listeners(facts, nodePorts)
    }

    // MARK: Ports that the kernel chooses

    private static func clientPorts(_ facts: HostFacts, _ nodePorts: ClosedRange<UInt16>) -> [Finding] {
        guard let text = facts.settings[range]?.value else { return [] }
        let ends = text.split { $0.isWhitespace }.compactMap { UInt16($0) }
        guard ends.count == 2, ends[0] <= ends[1], (ends[0]...ends[1]).overlaps(nodePorts) else { return [] }
        let shared = (ends[0]...ends[1]).clamped(to: nodePorts)
        let kept = facts.settings[reserved]?.value ?? ""
        guard !isCovered(shared, by: ranges(kept)) else { return [] }
        let wanted = "\(shared.lowerBound)-\(shared.upperBound)"
        let before = kept.filter { !$0.isWhitespace }
        return [
            Finding(
                "node-ports-in-local-range", .warning,
                "the kernel gives node ports (\(nodePorts.lowerBound) to \(nodePorts.upperBound)) to outgoing "
                    + "connections of this host: such a connection may lose its answers to a Service, or keep a port "
                    + "from it",
                evidence: [facts.evidence(range), facts.evidence(reserved)],
                cures: [facts.setting(reserved, quoted: before.isEmpty ? wanted : "\(before),\(wanted)")])
        ]
    }

    /// `8080,9148-9150`; what is no range is left out.
    static func ranges(_ text: String) -> [ClosedRange<UInt16>] {
        text.split(separator: ",").compactMap { part in
            let ends = part.split(separator: "-").map { UInt16($0.filter { !$0.isWhitespace }) }
            guard let low = ends.first ?? nil, let high = ends.last ?? nil, ends.count <= 2, low <= high else {
                return nil
            }
            return low...high
        }
    }

    static func isCovered(_ range: ClosedRange<UInt16>, by others: [ClosedRange<UInt16>]) -> Bool {
        var next = Int(range.lowerBound)
        for other in others.sorted(by: { $0.lowerBound < $1.lowerBound }) where Int(other.lowerBound) <= next {
            next = max(next, Int(other.upperBound) + 1)
        }
        return next > Int(range.upperBound)
    }

    // MARK: Ports that programs have

    /// Programs that listen on node ports because they serve them.
    private static let serviceProxies: Set = ["viaduct", "kube-proxy"]

    private static func listeners(_ facts: HostFacts, _ nodePorts: ClosedRange<UInt16>) -> [Finding] {
        let taken = (facts.listeners.value ?? []).filter {
            nodePorts.contains($0.port) && !serviceProxies.contains($0.owner?.name ?? "")
        }
        guard !taken.isEmpty else { return [] }
        let ports = Set(taken.map { "\($0.port)/\($0.transport)" }).sorted()
        let isKnown = taken.contains { $0.owner != nil }
        let evidence = taken.prefix(8).map { listener in
            let owner =
                listener.owner.map { "\($0.name) (process \($0.process))" } ?? "of a program that is not seen from here"
            return Finding.Evidence(
                "/proc/net/\(listener.transport.lowercased())\(listener.address.family == .ipv6 ? "6" : "")",
                "\(listener.address.family == .ipv6 ? "[\(listener.address)]" : "\(listener.address)"):\(listener.port) "
                    + owner)
        }
        return [
            Finding(
                "node-port-taken", isKnown ? .warning : .note,
                "programs listen on node ports (\(ForwardingFindings.shortened(ports))): a Service that gets such a "
                    + "port takes their connections away, or in userspace mode is not served on it",
                evidence: Array(evidence),
                cures: [
                    "have the program listen on a port outside \(nodePorts.lowerBound) to \(nodePorts.upperBound), or stop it"
                ])
        ]
    }
}
