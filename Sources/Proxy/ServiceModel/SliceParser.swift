import KubeAPI
import NetworkAddress

/// Validates an EndpointSlice and turns it into a ``ParsedSlice``, collecting problems.
struct SliceParser {
    let slice: EndpointSlice
    let nodeName: String
    private(set) var problems: [ServiceProblem] = []
    /// How many endpoints are left out, and the first of them with the reason.
    private var badEndpoints = 0
    private var badExamples: [String] = []
    private var isWrongFamily = false

    init(_ slice: EndpointSlice, nodeName: String) {
        self.slice = slice
        self.nodeName = nodeName
    }

    /// nil if the slice is of a type that is not proxied.
    ///
    /// - Parameter nodes: takes the names of nodes.
    mutating func parse(families: [IPFamily], nodes: inout NameTable) -> ParsedSlice? {
        if slice.addressType == "FQDN" { return nil }
        guard let family = IPFamily(rawValue: slice.addressType) else {
            report(
                .invalidField, "addressType: \"\(slice.addressType)\" is not IPv4, IPv6 or FQDN; the slice is ignored")
            return nil
        }
        guard families.contains(family) else { return nil }
        var parsed = ParsedSlice(name: slice.metadata.name, family: family)
        parsed.ports = ports()
        readEndpoints(into: &parsed, &nodes)
        if badEndpoints > 0 {
            report(
                isWrongFamily ? .incorrectIPVersion : .invalidAddress,
                "\(badEndpoints) of \(slice.endpoints.count) endpoints ignored: "
                    + badExamples.joined(separator: ", ") + (badEndpoints > badExamples.count ? ", ..." : ""))
        }
        return parsed
    }

    private mutating func report(_ reason: ServiceProblem.Reason, _ message: String) {
        problems.appendBounded(
            ServiceProblem(
                kind: .endpointSlice, key: slice.metadata.key, uid: slice.metadata.uid, reason: reason,
                message: message))
    }

    private mutating func ports() -> [ParsedSlice.Port] {
        var ports: [ParsedSlice.Port] = []
        for (index, port) in slice.ports.enumerated() {
            let field = "ports[\(index)]"
            guard let wanted = port.port else {
                report(.invalidPort, "\(field).port: missing, and \"all ports\" cannot be proxied; ignored")
                continue
            }
            guard let number = UInt16(exactly: wanted), number != 0 else {
                report(.invalidPort, "\(field).port: \(wanted) is not a port (1-65535); ignored")
                continue
            }
            let protocolName = port.transport ?? "TCP"
            guard let transport = TransportProtocol(apiName: protocolName) else {
                report(.invalidProtocol, "\(field).protocol: \"\(protocolName)\" is not TCP, UDP or SCTP; ignored")
                continue
            }
            let name = port.name ?? ""
            if ports.contains(where: { $0.name == name && $0.transport == transport }) {
                report(.duplicatePort, "\(field): an earlier port has the same name \"\(name)\"; ignored")
                continue
            }
            ports.append(.init(name: name, transport: transport, port: number))
        }
        return ports
    }

    private mutating func readEndpoints(into parsed: inout ParsedSlice, _ nodes: inout NameTable) {
        parsed.endpoints.reserveCapacity(slice.endpoints.count)
        var isSorted = true
        let label = slice.metadata.labels[CanaryShare.label]
        let common: EndpointFlags = label == nil || label == "false" ? [] : .canary
        for endpoint in slice.endpoints {
            guard let ip = address(of: endpoint, family: parsed.family) else { continue }
            let hints = endpoint.zoneHints
            let hint = hints.isEmpty ? 0 : Self.index(of: hints, in: &parsed.zoneHints)
            if let last = parsed.endpoints.last, last.ip >= ip { isSorted = false }
            let zone = endpoint.zone.map { $0.isEmpty ? 0 : Self.index(of: $0, in: &parsed.zones) } ?? 0
            parsed.endpoints.append(
                .init(
                    ip: ip, flags: flags(of: endpoint).union(common), zoneHint: hint, zone: zone,
                    node: endpoint.nodeName.map { nodes.number(of: $0) } ?? 0,
                    pod: endpoint.podName.map(PodName.hash) ?? 0))
        }
        if !isSorted {
            parsed.endpoints.sort { $0.ip == $1.ip ? $0.flags.precedes($1.flags) : $0.ip < $1.ip }
            parsed.endpoints.removeRepeats { $0.ip == $1.ip }
        }
    }

    /// Only the first address counts, as in all proxies (discovery/v1 says what more mean is undefined).
    private mutating func address(of endpoint: EndpointSlice.Endpoint, family: IPFamily) -> IPAddress? {
        guard let text = endpoint.addresses.first else {
            skip("one without addresses")
            return nil
        }
        guard let ip = IPAddress(text) else {
            skip("\"\(text)\" is not an IP address")
            return nil
        }
        guard ip.family == family else {
            isWrongFamily = true
            skip("\(ip) is no \(family.rawValue) address")
            return nil
        }
        guard ip.canBeEndpoint else {
            skip("\(ip) is a special address")
            return nil
        }
        return ip
    }

    private mutating func skip(_ reason: @autoclosure () -> String) {
        badEndpoints += 1
        if badExamples.count < 3 { badExamples.append(reason()) }
    }

    private func flags(of endpoint: EndpointSlice.Endpoint) -> EndpointFlags {
        var flags: EndpointFlags = []
        if endpoint.ready ?? true { flags.insert(.ready) }
        if endpoint.serving ?? true { flags.insert(.serving) }
        if endpoint.terminating ?? false { flags.insert(.terminating) }
        if let name = endpoint.nodeName, !name.isEmpty {
            if name == nodeName { flags.insert(.local) }
        } else {
            flags.insert(.placeless)
        }
        if !endpoint.nodeHints.isEmpty { flags.insert(.hasNodeHints) }
        if endpoint.nodeHints.contains(nodeName) { flags.insert(.hintedForNode) }
        if !endpoint.zoneHints.isEmpty { flags.insert(.hasZoneHints) }
        return flags
    }

    /// The place of an item in a table of distinct ones, plus one.
    private static func index<Item: Equatable>(of item: Item, in table: inout [Item]) -> UInt16 {
        if let index = table.firstIndex(of: item) { return UInt16(index + 1) }
        // A slice has at most 1000 endpoints where the server checks; beyond 65534 items the last one stands for all.
        if table.count < Int(UInt16.max) - 1 { table.append(item) }
        return UInt16(table.count)
    }
}

extension EndpointFlags {
    /// Which of two entries for one endpoint counts: a ready one, then one that serves, then one that does not shut
    /// down, then a local one. A pod's address may be another pod's on another node while the first one is still listed
    /// (kubernetes/kubernetes#135266).
    func precedes(_ other: EndpointFlags) -> Bool {
        for flag in [EndpointFlags.ready, .serving] where contains(flag) != other.contains(flag) {
            return contains(flag)
        }
        if contains(.terminating) != other.contains(.terminating) { return other.contains(.terminating) }
        if contains(.local) != other.contains(.local) { return contains(.local) }
        return rawValue > other.rawValue
    }
}

extension Array {
    /// Keeps the first of each run of equal elements.
    mutating func removeRepeats(_ areEqual: (Element, Element) -> Bool) {
        guard count > 1 else { return }
        var kept = 0
        for index in 1..<count where !areEqual(self[kept], self[index]) {
            kept += 1
            self[kept] = self[index]
        }
        removeSubrange((kept + 1)...)
    }
}
