internal import CNftables
internal import NetworkAddress

extension SetDefinition {
    var kernelFlags: UInt32 {
        var flags: UInt32 = 0
        if isInterval { flags |= NFT_SET_INTERVAL.rawValue }
        if isInterval, key.count > 1 { flags |= NFT_SET_CONCAT.rawValue }
        if value != .none { flags |= NFT_SET_MAP.rawValue }
        if isFilledByPackets { flags |= NFT_SET_TIMEOUT.rawValue | NFT_SET_EVAL.rawValue }
        return flags
    }

    /// The types of the key's parts, 6 bits each, as nft numbers them (`enum datatypes` in its sources): the kernel
    /// only keeps the number for nft.
    func keyType(_ family: IPFamily) -> UInt32 {
        key.reduce(0) { $0 << 6 | $1.type(family) }
    }

    func dataType(_ family: IPFamily) -> UInt32 {
        switch value {
        case .none: 0
        case .verdict: NFT_DATA_VERDICT.rawValue
        case .destination: KeyField.address.type(family) << 6 | KeyField.port.type(family)
        case .mark: KeyField.slot.type(family)
        }
    }

    /// What nft keeps for itself: byte orders (0 none, 1 host, 2 network) and the comment, as type, length and value.
    var userdata: [UInt8] {
        let keyOrder: UInt8 = key.count > 1 ? 0 : key == [.slot] ? 1 : 2
        var bytes: [UInt8] = [0, 4, keyOrder, 0, 0, 0]
        if value != .none { bytes += [1, 4, value == .mark ? 1 : 0, 0, 0, 0] }
        return bytes + Userdata.comment(comment, type: 7)
    }
}

extension SetDefinition.KeyField {
    /// Bytes without padding.
    func length(_ family: IPFamily) -> Int {
        switch self {
        case .address, .source: family.bitWidth / 8
        case .transport: 1
        case .port: 2
        case .slot: 4
        }
    }

    func type(_ family: IPFamily) -> UInt32 {
        switch self {
        case .address, .source: family == .ipv4 ? 7 : 8
        case .transport: 12
        case .port: 13
        // `mark`: nft 1.0.6 cannot list a map with `integer` in its key.
        case .slot: 19
        }
    }
}
