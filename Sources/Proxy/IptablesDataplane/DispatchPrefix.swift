internal import NetworkAddress
internal import ServiceModel

/// The common prefix of the keys in one branch of a ``DispatchTree``.
struct DispatchPrefix: Hashable, Sendable {
    enum Level: Hashable, Sendable {
        /// This many bits of the address.
        case address(Int)
        /// The address and the protocol.
        case transport
        /// The address, the protocol and this many bits of the port.
        case port(Int)
    }

    private(set) var key: FrontendKey
    let level: Level

    /// Tells two keys apart by the first of the bits in which they differ, and by as many more as asked for within the
    /// same field.
    init(_ key: FrontendKey, apartFrom other: FrontendKey, bits: Int) {
        self.key = key
        if key.ip != other.ip {
            let width = key.ip.family.bitWidth
            let common = (key.ip.value ^ other.ip.value).leadingZeroBitCount - (128 - width)
            level = .address(min(common + bits, width))
        } else if key.transport != other.transport {
            level = .transport
        } else {
            level = .port(min((key.port ^ other.port).leadingZeroBitCount + bits, 16))
        }
    }

    /// The branch of the same level that this key belongs to.
    mutating func move(to key: FrontendKey) { self.key = key }

    private var portBits: Int {
        if case .port(let bits) = level { bits } else { 0 }
    }

    /// The range of addresses; nil for node ports.
    var network: IPNetwork? {
        guard case .address(let bits) = level else { return key.isNodePort ? nil : IPNetwork(key.ip) }
        return IPNetwork(address: key.ip, prefixLength: bits)
    }

    var transport: TransportProtocol? {
        if case .address = level { nil } else { key.transport }
    }

    var ports: ClosedRange<UInt16>? {
        guard case .port(let bits) = level else { return nil }
        let rest: UInt16 = bits == 0 ? .max : (1 << UInt16(16 - bits)) &- 1
        return key.port & ~rest...key.port | rest
    }

    func contains(_ other: FrontendKey) -> Bool {
        switch level {
        case .address(let bits):
            let width = key.ip.family.bitWidth
            return (key.ip.value ^ other.ip.value) >> UInt128(width - bits) == 0
        case .transport: return key.ip == other.ip && key.transport == other.transport
        case .port(let bits):
            return key.ip == other.ip && key.transport == other.transport
                && (key.port ^ other.port).leadingZeroBitCount >= bits
        }
    }

    static func == (left: DispatchPrefix, right: DispatchPrefix) -> Bool {
        left.level == right.level && left.contains(right.key)
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(level)
        hasher.combine(network)
        hasher.combine(ports)
    }

    /// A chain's name: the range in clear where it fits, else a hash of it.
    func chain(_ namePrefix: String) -> ChainName {
        var text = network.map { "\($0)" } ?? ""
        if let transport {
            text += (text.isEmpty ? "" : "-") + transport.apiName.lowercased()
            if let ports { text += "-\(ports.lowerBound)-\(ports.upperBound)" }
        }
        let name = namePrefix + text
        if name.utf8.count <= ChainName.maximumLength { return ChainName(name) }
        return ChainName(Array("\(namePrefix)IP-".utf8) + ServiceChainNames.hash(text))
    }
}
