import LinuxSystem
import NetworkAddress
import PrometheusMetrics
import SocketBalancing

/// What the program that translates connections of sockets has done, read from its maps at each exposition.
enum SocketMetrics {
    static func register(
        _ settings: SocketBalancingSettings, _ families: [IPFamily], in registry: MetricsRegistry
    ) {
        registry.samples(
            "viaduct_socket_translations_total",
            "Connections of TCP and UDP sockets to Services that were translated when they were made, and datagrams of "
                + "UDP sockets without a peer", kind: .counter, labels: ["ip_family", "kind"]
        ) {
            // Where no program is at work there is nothing to count.
            guard let counters = try? SocketCounters(settings) else { return [] }
            return families.sorted().flatMap { family in
                let totals = (try? counters.totals(family)) ?? [:]
                return SocketCounters.Kind.allCases.map { ([family.rawValue, "\($0)"], Double(totals[$0] ?? 0)) }
            }
        }
    }
}
