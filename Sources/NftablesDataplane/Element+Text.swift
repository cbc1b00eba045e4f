internal import NetworkAddress
internal import ServiceModel

extension Element {
    /// As nft would write it; for plans in tests and on the log.
    func text(in set: SetName) -> String {
        let definition = SetDefinition.definition(of: set)
        let parts = definition.key.map { field -> String in
            switch field {
            case .address: address(key.address)
            case .source:
                key.sourceEnd == 0 ? address(key.source) : "\(address(key.source))-\(address(key.sourceEnd))"
            case .transport: TransportProtocol(rawValue: key.transport)?.apiName.lowercased() ?? "\(key.transport)"
            case .port: "\(key.port)"
            case .slot: "\(key.slot)"
            }
        }
        let end = key.isIntervalEnd ? " (end)" : ""
        return parts.joined(separator: " . ") + end + valueText
    }

    /// Keys of both families have the same form here; what fits in 32 bits is written as IPv4.
    private func address(_ value: UInt128) -> String {
        IPAddress(family: value >> 32 == 0 ? .ipv4 : .ipv6, value: value).description
    }

    private var valueText: String {
        switch data.value {
        case .none: ""
        case .verdict(let verdict): " : \(verdict.text)"
        case .endpoint(let endpoint): " : \(endpoint.ip) . \(endpoint.port)"
        }
    }
}
