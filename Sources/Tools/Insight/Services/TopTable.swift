public import ProxyServer

/// `viaduct top` as text: endpoints, the busiest first. Pure.
public enum TopTable {
    public enum Order: String, Sendable, CaseIterable {
        case new, live, unanswered, connections, bytes, name
    }

    private struct Row {
        var port: ServicesStatus.Port
        var endpoint: ServicesStatus.Endpoint

        func amount(_ order: Order) -> Double {
            let traffic = endpoint.traffic
            switch order {
            case .new: return traffic.perSecond ?? -1
            case .live: return Double(traffic.live ?? -1)
            case .unanswered: return Double(traffic.unanswered ?? -1)
            case .connections: return Double(traffic.connections ?? -1)
            case .bytes: return Double(traffic.bytesSent ?? 0) + Double(traffic.bytesReceived ?? 0)
            case .name: return 0
            }
        }

        var name: [String] {
            [port.namespace, port.service, port.portName, "\(port.port)", port.protocol, port.family, endpoint.address]
        }
    }

    /// - Parameters:
    ///   - namespace: nil: all, with a column that says which.
    ///   - limit: endpoints; nil: all.
    public static func columns(
        _ status: ServicesStatus, namespace: String?, order: Order = .new, limit: Int? = nil
    ) -> TextColumns {
        var rows: [Row] = []
        for port in status.ports where namespace == nil || port.namespace == namespace {
            rows += port.endpoints.map { Row(port: port, endpoint: $0) }
        }
        rows.sort { one, other in
            let (left, right) = (one.amount(order), other.amount(order))
            return left == right ? one.name.lexicographicallyPrecedes(other.name) : left > right
        }
        var table = TextColumns(
            (namespace == nil ? ["NAMESPACE"] : []) + [
                "SERVICE", "PORT", "ENDPOINT", "NODE", "CONDITION", "NEW/S", "LIVE", "UNANSWERED", "CONNECTIONS",
                "BYTES",
            ])
        for row in rows.prefix(limit ?? rows.count) {
            let traffic = row.endpoint.traffic
            table.rows.append(
                (namespace == nil ? [row.port.namespace] : []) + [
                    row.port.service, ServicesTable.portText(row.port), row.endpoint.address, row.endpoint.place,
                    row.endpoint.isUsed || row.endpoint.condition != "ready" ? row.endpoint.condition : "unused",
                    ServicesTable.optional(traffic.perSecond, HumanNumber.rate),
                    ServicesTable.optional(traffic.live) { "\($0)" },
                    ServicesTable.optional(traffic.unanswered) { "\($0)" },
                    ServicesTable.optional(traffic.connections) { "\($0)" }, ServicesTable.bytes(traffic),
                ])
        }
        return table
    }
}
