internal import Dataplane
internal import HostInspection
internal import LinuxSystem
internal import Netlink
internal import NetworkAddress
internal import ServiceModel

/// Compares the sockets in /proc/net and this host's routes with those that a connection needs in userspace mode.
enum UserspaceEvidence {
    static func collect(_ question: KernelQuestion) throws(SystemError) -> KernelEvidence {
        var evidence = KernelEvidence()
        var state = UserspaceState(family: question.family)
        _ = state.setLocalAddresses(question.localAddresses.filter { $0.family == question.family })
        _ = state.apply(FamilyDelta(updated: question.states, node: question.node))
        let address = question.destination.ip
        var socket = try RouteSocket()
        if state.addresses[address] != nil, !question.localAddresses.contains(address) {
            evidence.note(
                .address, in: "local routes", "local \(address) dev lo",
                try socket.route(to: address)?.kind == .local ? .asWanted : .missing)
        }
        guard question.transport != .sctp else {
            evidence.gaps.append(("SCTP", "userspace mode does not relay it"))
            return evidence
        }
        let isTCP = question.transport == .tcp
        let sockets = try ListeningSocket.all(isTCP: isTCP)
        let wanted = question.target.map { target in
            state.listeners(of: target.state.service.name).filter {
                $0.frontend == target.frontend && ($0.key.address.isUnspecified || $0.key.address == address)
            }
        }
        for listener in wanted ?? [] {
            let isThere = sockets.contains {
                $0.address == listener.key.address && $0.port == listener.key.port
            }
            evidence.note(
                .socket, in: "/proc/net/\(isTCP ? "tcp" : "udp")\(question.family == .ipv4 ? "" : "6")",
                "\(EndpointAddress(listener.key.address, listener.key.port))", isThere ? .asWanted : .missing)
        }
        guard wanted?.isEmpty ?? true else { return evidence }
        // Nobody is to be served: the kernel refuses.
        let end = EndpointAddress(address, question.destination.port)
        let isThere = sockets.contains { $0.port == end.port && $0.address == address }
        evidence.note(
            .socket, in: "/proc/net/\(isTCP ? "tcp" : "udp")", isThere ? "\(end)" : "none at \(end)",
            isThere && question.target != nil ? .unwanted : .asWanted)
        return evidence
    }
}
