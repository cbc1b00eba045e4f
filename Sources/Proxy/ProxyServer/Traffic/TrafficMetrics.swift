import NetworkAddress
import PrometheusMetrics
import ServiceModel
import Synchronization

/// The counts of a ``TrafficMeter`` as metrics, under the same names in every mode. Endpoints beyond the limit are
/// combined as `other`.
enum TrafficMetrics {
    private static let portLabels = ["namespace", "service", "port", "protocol", "ip_family"]
    private static let endpointLabels = portLabels + ["endpoint"]

    static func register(_ meter: TrafficMeter, in registry: MetricsRegistry) {
        @Sendable func ports(_ value: @escaping (TrafficTally.Port) -> Double) -> [(labels: [String], value: Double)] {
            (meter.latest.withLock { $0 }?.ports ?? [:]).map { ($0.key.labels, value($0.value)) }
        }
        @Sendable func endpoints(
            _ values: @escaping (TrafficTally.Count) -> [(labels: [String], value: Double)]
        ) -> [(labels: [String], value: Double)] {
            (meter.latest.withLock { $0 }?.ports ?? [:]).flatMap { key, port in
                let named = port.endpoints.map { ("\($0.key)", $0.value) } + (port.others.map { [("other", $0)] } ?? [])
                return named.flatMap { name, count in
                    values(count).map { (key.labels + [name] + $0.labels, $0.value) }
                }
            }
        }
        registry.samples(
            "viaduct_service_connections_total", "New connections to a port of a Service", kind: .counter,
            labels: portLabels
        ) { ports { Double($0.all.connections) } }
        registry.samples(
            "viaduct_endpoint_connections_total", "New connections to an endpoint", kind: .counter,
            labels: endpointLabels
        ) { endpoints { [([], Double($0.connections))] } }
        registry.samples(
            "viaduct_endpoint_live_connections", "Connections to an endpoint that have not ended", kind: .gauge,
            labels: endpointLabels
        ) { endpoints { [([], Double($0.flows.live))] } }
        registry.samples(
            "viaduct_endpoint_unanswered_connections", "Live connections that the endpoint has not answered yet",
            kind: .gauge, labels: endpointLabels
        ) { endpoints { [([], Double($0.flows.unanswered))] } }
        registry.samples(
            "viaduct_endpoint_bytes_total",
            "Bytes to (sent) and from (received) an endpoint, where net.netfilter.nf_conntrack_acct is on",
            kind: .counter, labels: endpointLabels + ["direction"]
        ) {
            endpoints { count in
                guard count.bytesSent > 0 || count.bytesReceived > 0 else { return [] }
                return [(["sent"], Double(count.bytesSent)), (["received"], Double(count.bytesReceived))]
            }
        }
        registry.samples(
            "viaduct_connection_events_lost", "1 if connections were not counted, for want of room or time",
            kind: .gauge, labels: []
        ) { meter.latest.withLock { $0 }.map { [([], $0.hasLost ? 1 : 0)] } ?? [] }
    }
}

extension TrafficTally.PortKey {
    fileprivate var labels: [String] {
        [name.namespace, name.name, name.port, name.transport.apiName, family.rawValue]
    }
}
