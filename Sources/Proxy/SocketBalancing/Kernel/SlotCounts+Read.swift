internal import LinuxSystem
import NetworkAddress
import ServiceModel

extension SlotCounts {
    /// - Returns: the uses since the last call.
    /// - Throws: ENOENT where no program is at work.
    mutating func read(from folder: PinnedFolder, _ codec: MapCodec) throws(SystemError) -> [FlowPath: Int] {
        var counts: [SocketMaps.Slot: Count] = [:]
        let slots = try PinnedMap(.slots, codec, in: folder)
        try slots.read { map throws(SystemError) in
            try map.forEach { key, value in
                let uses = codec.uses(value)
                guard uses > 0, let endpoint = codec.endpoint(value) else { return }
                counts[codec.slot(key)] = Count(endpoint: endpoint, uses: uses)
            }
        }
        if lacksDestinations(of: counts) {
            var maps = SocketMaps()
            for table in [SocketTable.ports, .frontends] {
                let pinned = try PinnedMap(table, codec, in: folder)
                try pinned.read { map throws(SystemError) in try maps.read(table, from: map, codec) }
            }
            setDestinations(maps.frontends, maps.ports)
        }
        return take(counts)
    }
}
