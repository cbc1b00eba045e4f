import LinuxSystem
import NetworkAddress

@testable import SocketBalancing

/// The program's tables as bytes, which counts the calls that the kernel would get.
struct FakeTables: TableWriting {
    var elements: [SocketTable: [[UInt8]: [UInt8]]] = [:]
    private(set) var calls = 0

    mutating func put(_ changed: [(key: [UInt8], value: [UInt8])], in table: SocketTable) {
        calls += (changed.count + SocketPlan.batch - 1) / SocketPlan.batch
        for (key, value) in changed { elements[table, default: [:]][key] = value }
    }

    mutating func remove(_ keys: [[UInt8]], from table: SocketTable) {
        calls += (keys.count + SocketPlan.batch - 1) / SocketPlan.batch
        for key in keys { elements[table]?[key] = nil }
    }

    mutating func value(_ key: [UInt8], in table: SocketTable) -> [UInt8]? {
        calls += 1
        return elements[table]?[key]
    }

    /// The calls since the last time.
    mutating func takeCalls() -> Int {
        defer { calls = 0 }
        return calls
    }

    /// What the program would read.
    func maps(_ codec: MapCodec) -> SocketMaps {
        var maps = SocketMaps()
        for (key, value) in elements[.frontends] ?? [:] {
            if let key = codec.frontend(key[...]) { maps.frontends[key] = codec.target(value[...]) }
        }
        for (key, value) in elements[.ports] ?? [:] {
            maps.ports[codec.integer(key[...], at: 0)] = codec.port(value[...]).port
        }
        for (key, value) in elements[.slots] ?? [:] { maps.slots[codec.slot(key[...])] = codec.endpoint(value[...]) }
        return maps
    }
}
