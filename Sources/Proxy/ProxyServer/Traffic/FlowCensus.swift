import Conntrack
import Dataplane
import LinuxSystem
import NetworkAddress
import ProxyConfiguration
import ServiceModel
import Synchronization

/// Counts live connections to some endpoints, by connection tracking and what the backend knows, or, in modes without it,
/// by what this process carries.
final class FlowCensus: Sendable {
    private let usesConntrack: Bool
    private let sources: [any FlowSource]
    private let dataplanes: [any Dataplane]
    private let dump = Mutex<FlowDump?>(nil)

    init(_ mode: Backend, _ dataplanes: [any Dataplane]) {
        let usesConntrack = mode.usesNetfilter
        self.usesConntrack = usesConntrack
        // Each connection counts once.
        sources = dataplanes.flatMap(\.flowSources).filter { !usesConntrack || !$0.isTracked }
        self.dataplanes = dataplanes
    }

    func count(_ ends: Set<FlowEnd>) async throws -> [FlowEnd: Int] {
        var counts: [FlowEnd: Int] = [:]
        for family in IPFamily.allCases where ends.contains(where: { $0.address.ip.family == family }) {
            if usesConntrack {
                counts.merge(try await opened().count(family, to: ends)) { $0 + $1 }
            }
            // Either may know of some that the other does not.
            for dataplane in dataplanes where dataplane.family == family {
                counts.merge(try await dataplane.liveConnections(to: ends)) { max($0, $1) }
            }
            for source in sources {
                for (path, flows) in try await source.live(family) {
                    let end = FlowEnd(transport: path.transport, address: path.endpoint)
                    if ends.contains(end) { counts[end, default: 0] += flows.live }
                }
            }
        }
        return counts
    }

    /// Opened when it is first needed.
    private func opened() throws(SystemError) -> FlowDump {
        if let open = dump.withLock({ $0 }) { return open }
        let new = try FlowDump(translatedOnly: false)
        dump.withLock { $0 = new }
        return new
    }
}
