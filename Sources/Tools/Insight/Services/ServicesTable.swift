public import ProxyServer

/// `viaduct services` as text. Pure.
public enum ServicesTable {
    /// - Parameters:
    ///   - namespace: nil: all, with a column that says which.
    ///   - isWide: with the endpoints' addresses.
    public static func columns(_ status: ServicesStatus, namespace: String?, isWide: Bool = false) -> TextColumns {
        var table = TextColumns(
            (namespace == nil ? ["NAMESPACE"] : []) + [
                "NAME", "PORT", "KIND", "ADDRESSES", "POLICY", "READY", "DRAINING", "EJECTED", "LIVE", "NEW/S",
                "BYTES", "PROGRAMMED",
            ] + (isWide ? ["ENDPOINTS"] : []))
        for port in status.ports where namespace == nil || port.namespace == namespace {
            table.rows.append(
                (namespace == nil ? [port.namespace] : []) + cells(port, status)
                    + (isWide ? [endpoints(port)] : []))
        }
        return table
    }

    private static func cells(_ port: ServicesStatus.Port, _ status: ServicesStatus) -> [String] {
        let drained = port.endpoints.count { $0.isDrained == true }
        let ready = port.endpoints.count { $0.condition == "ready" && $0.isDrained != true }
        let draining = drained + port.endpoints.count { $0.condition == "draining" && $0.isDrained != true }
        return [
            port.service, portText(port), port.kind, addresses(port), policy(port), "\(ready)", "\(draining)",
            "\(port.endpoints.count(where: \.isEjected))", optional(port.traffic.live) { "\($0)" },
            optional(port.traffic.perSecond, HumanNumber.rate), bytes(port.traffic),
            status.programmedSeconds[port.family].map { HumanNumber.age($0) + " ago" } ?? "-",
        ]
    }

    static func portText(_ port: ServicesStatus.Port) -> String {
        let number = "\(port.port)" + (port.nodePort.map { ":\($0)" } ?? "") + "/\(port.protocol)"
        return port.portName.isEmpty ? number : "\(port.portName) \(number)"
    }

    private static func addresses(_ port: ServicesStatus.Port) -> String {
        ([port.clusterIP] + port.externalIPs + port.loadBalancerIPs).joined(separator: ",")
    }

    /// Of both policies the second where they differ and it counts: traffic from outside.
    private static func policy(_ port: ServicesStatus.Port) -> String {
        let isOutside = port.nodePort != nil || !port.externalIPs.isEmpty || !port.loadBalancerIPs.isEmpty
        var text = port.internalTrafficPolicy
        if isOutside, port.externalTrafficPolicy != port.internalTrafficPolicy {
            text += "/" + port.externalTrafficPolicy
        }
        return port.affinitySeconds == nil ? text : text + ",ClientIP"
    }

    private static func endpoints(_ port: ServicesStatus.Port) -> String {
        port.endpoints.isEmpty ? "<none>" : port.endpoints.map(text).joined(separator: ",")
    }

    private static func text(_ endpoint: ServicesStatus.Endpoint) -> String {
        var notes: [String] = []
        if endpoint.isDrained == true { notes.append("drained") }
        if endpoint.isEjected { notes.append("ejected") }
        if let tenths = endpoint.shareTenths { notes.append("\(tenths)0 %") }
        return endpoint.address + (notes.isEmpty ? "" : " (\(notes.joined(separator: ", ")))")
    }

    static func bytes(_ traffic: ServicesStatus.Traffic) -> String {
        guard let sent = traffic.bytesSent, let received = traffic.bytesReceived else { return "-" }
        return HumanNumber.bytes(sent &+ received)
    }

    static func optional<Value>(_ value: Value?, _ text: (Value) -> String) -> String { value.map(text) ?? "-" }
}
