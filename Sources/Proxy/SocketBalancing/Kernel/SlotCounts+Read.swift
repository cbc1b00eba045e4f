internal import LinuxSystem
import NetworkAddress
import ServiceModel

extension SlotCounts {
    /// - Returns: the uses since the last call.
    /// - Throws: ENOENT where no program is at work.
    mutating func read(from folder: PinnedFolder, _ codec: MapCodec) throws(SystemError) -> [FlowPath: Int] {
        var counts: [SocketMaps.Slot: Count] = [:]
        try Self.forEach(.slots, codec, folder) { key, value in
            let uses = codec.uses(value)
            guard uses > 0, let endpoint = codec.endpoint(value) else { return }
            counts[codec.slot(key)] = Count(endpoint: endpoint, uses: uses)
        }
        if lacksDestinations(of: counts) {
            var ports: [UInt32: SocketMaps.Port] = [:]
            try Self.forEach(.ports, codec, folder) { key, value in
                ports[codec.integer(key, at: 0)] = codec.port(value).port
            }
            var frontends: [FrontendKey: SocketMaps.Target] = [:]
            try Self.forEach(.frontends, codec, folder) { key, value in
                if let key = codec.frontend(key) { frontends[key] = codec.target(value) }
            }
            setDestinations(frontends, ports)
        }
        return take(counts)
    }

    private static func forEach(
        _ table: SocketTable, _ codec: MapCodec, _ folder: PinnedFolder,
        _ body: (_ key: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) -> Void
    ) throws(SystemError) {
        let map = try PinnedMap(table, codec, in: folder)
        try map.read { map throws(SystemError) in try map.forEach(body) }
    }
}
