import Conntrack
import Dataplane
import HostInspection
import LinuxSystem
import Netlink
import NetworkAddress
import Nftables
import ProxyConfiguration
import ProxyServer
import ServiceModel

/// Follows one packet of a connection through the kernel: through nf_tables by its trace, through the legacy tables by
/// their counters, and into conntrack.
struct PacketFollower {
    let facts: ClusterFacts
    let flow: Flow
    let source: IPAddress?
    /// Texts of our rules.
    let rules: [KernelRule: String]
    /// For a packet to come.
    let timeout: Duration

    /// A packet's events come at once; they are over when none came for this long.
    private static let silence = Duration.milliseconds(300)

    func follow() async throws -> Explanation.TracePart {
        let listing = HostReader.observe { () throws(SystemError) in try RulesetListing.read(flow.family) }
        let before = counters()
        let known = connections()
        var result: String
        var events: [TraceEvent] = []
        let isSent = flow.client.origin == .node && flow.transport != .sctp
        do {
            let tracer = try PacketTracer(
                from: flow.client.address, to: flow.destination.ip, port: flow.destination.port,
                transport: flow.transport.rawValue)
            result = isSent ? send() : try await wait(tracer)
            events = try await rest(tracer)
        } catch let error as SystemError {
            // Without nf_tables there are counters all the same.
            guard error.isAbsence else { throw ExplainError("--trace: \(error)") }
            result = isSent ? send() : try await pause()
        }
        var trace = Explanation.TracePart(isSent: isSent, result: result)
        trace.steps = Explanation.StepPart.steps(
            events, listing.value ?? RulesetListing(), rules: rules, mode: facts.settings.mode)
        trace.counters = Self.changes(from: before, to: counters())
        trace.connections = connections().filter { !known.contains($0.0) }.map(\.1)
        return trace
    }

    // MARK: The packet

    /// Connects, or sends an empty datagram; says what came of it.
    private func send() -> String {
        do throws(SystemError) {
            let socket = try ClientSocket(
                flow.transport == .tcp ? .tcp : .udp, flow.family, timeout: .seconds(1))
            try socket.connect(to: flow.destination.ip, port: flow.destination.port)
            if flow.transport == .tcp {
                try socket.resetAtEnd()
                return "connected"
            }
            try socket.send([0])
            return "sent a datagram of one byte"
        } catch {
            return "\(error)"
        }
    }

    private func wait(_ tracer: borrowing PacketTracer) async throws -> String {
        let deadline = ContinuousClock.now + timeout
        while ContinuousClock.now < deadline {
            if tracer.hasBegun { return "the next packet that matched" }
            try await Task.sleep(for: .milliseconds(50))
        }
        return "no packet came within \(timeout)"
    }

    private func pause() async throws -> String {
        try await Task.sleep(for: timeout)
        return "waited for \(timeout)"
    }

    /// Until no more events arrive.
    private func rest(_ tracer: borrowing PacketTracer) async throws -> [TraceEvent] {
        var count = -1
        let deadline = ContinuousClock.now + .seconds(5)
        while tracer.events.count != count, ContinuousClock.now < deadline {
            count = tracer.events.count
            try await Task.sleep(for: Self.silence)
        }
        return tracer.events
    }

    // MARK: Before and after

    private struct Rule: Hashable {
        var place: String
        var text: String
        var index: Int
    }

    private func counters() -> [(Rule, UInt64)] {
        let tables = HostReader.observe { () throws(SystemError) in try LegacyRules.readAll(flow.family) }
        return (tables.value ?? []).flatMap { table in
            table.chains.flatMap { chain in
                chain.rules.enumerated().map { index, rule in
                    (
                        Rule(
                            place: "\(flow.family == .ipv4 ? "iptables" : "ip6tables") table \(table.table)",
                            text: "-A \(chain.name) \(rule.text)", index: index), rule.packets
                    )
                }
            }
        }
    }

    private static func changes(
        from before: [(Rule, UInt64)], to after: [(Rule, UInt64)]
    ) -> [Explanation.CounterPart] {
        let old = Dictionary(before, uniquingKeysWith: { first, _ in first })
        return after.compactMap { rule, packets in
            guard let earlier = old[rule], packets > earlier else { return nil }
            return Explanation.CounterPart(place: rule.place, rule: rule.text, packets: packets - earlier)
        }
    }

    /// By the client's end, which distinguishes connections.
    private func connections() -> [(EndpointAddress, Explanation.FlowPart)] {
        let clients: Set<IPAddress>? = source.map { [$0] }
        let found = HostReader.observe { () throws(SystemError) in
            try ConntrackFlow.list(to: flow.destination, flow.transport, from: clients, limit: 1000).flows
        }
        return (found.value ?? []).map { ($0.client, Explanation.FlowPart($0, allowed: nil)) }
    }
}

extension [(EndpointAddress, Explanation.FlowPart)] {
    fileprivate func contains(_ client: EndpointAddress) -> Bool { contains { $0.0 == client } }
}
