internal import NetworkAddress
internal import ServiceModel

/// What the keys of one branch of a ``DispatchTree`` have in common.
struct DispatchPrefix: Hashable, Sendable {
    enum Level: Hashable, Sendable {
        /// This many bits of the address.
        case address(Int)
        /// The address and the protocol.
        case transport
        /// The address, the protocol and this many bits of the port.
        case port(Int)
    }

    private(set) var key: DispatchKey
    let level: Level

    /// Tells two keys apart by the first of the bits in which they differ, and by as many more as asked for within the
    /// same field.
    init(_ key: DispatchKey, apartFrom other: DispatchKey, bits: Int) {
        self.key = key
        if let address = key.address, let otherAddress = other.address, address != otherAddress {
            let width = address.family.bitWidth
            let common = (address.value ^ otherAddress.value).leadingZeroBitCount - (128 - width)
            level = .address(min(common + bits, width))
        } else if key.transport != other.transport {
            level = .transport
        } else {
            level = .port(min((key.port ^ other.port).leadingZeroBitCount + bits, 16))
        }
    }

    /// The branch of the same level that this key belongs to.
    mutating func move(to key: DispatchKey) { self.key = key }

    private var portBits: Int {
        if case .port(let bits) = level { bits } else { 0 }
    }

    /// The range of addresses; nil for node ports.
    var network: IPNetwork? {
        guard let address = key.address else { return nil }
        guard case .address(let bits) = level else { return IPNetwork(address) }
        return IPNetwork(address: address, prefixLength: bits)
    }

    var transport: TransportProtocol? {
        if case .address = level { nil } else { key.transport }
    }

    var ports: ClosedRange<UInt16>? {
        guard case .port(let bits) = level else { return nil }
        let rest: UInt16 = bits == 0 ? .max : (1 << UInt16(16 - bits)) &- 1
        return key.port & ~rest...key.port | rest
    }

    func contains(_ other: DispatchKey) -> Bool {
        switch level {
        case .address(let bits):
            guard let one = key.address, let two = other.address else { return false }
            let width = one.family.bitWidth
            return (one.value ^ two.value) >> UInt128(width - bits) == 0
        case .transport: return key.address == other.address && key.transport == other.transport
        case .port(let bits):
            return key.address == other.address && key.transport == other.transport
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
