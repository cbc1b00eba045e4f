internal import NetworkAddress

extension Element {
    /// As nft would write it; for plans in tests and in the log.
    package func text(in set: SetDefinition) -> String {
        let parts = set.key.map { field -> String in
            switch field {
            case .address: address(key.address)
            case .source:
                key.sourceEnd == 0 ? address(key.source) : "\(address(key.source))-\(address(key.sourceEnd))"
            case .transport: Self.protocols[key.transport] ?? "\(key.transport)"
            case .port: "\(key.port)"
            case .slot: "\(key.slot)"
            }
        }
        let end = key.isIntervalEnd ? " (end)" : ""
        return parts.joined(separator: " . ") + end + valueText
    }

    /// By their numbers (RFC 5237).
    private static let protocols: [UInt8: String] = [6: "tcp", 17: "udp", 132: "sctp"]

    /// Keys of both families have the same form here; what fits in 32 bits is written as IPv4.
    private func address(_ value: UInt128) -> String {
        IPAddress(family: value >> 32 == 0 ? .ipv4 : .ipv6, value: value).description
    }

    private var valueText: String {
        switch data.value {
        case .none: ""
        case .verdict(let verdict): " : \(verdict.text)"
        case .destination(let address, let port): " : \(address) . \(port)"
        case .mark(let mark): " : 0x\(String(mark, radix: 16))"
        }
    }
}
