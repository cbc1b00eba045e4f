internal import LinuxSystem
import NetworkAddress
import ServiceModel

extension SocketMaps {
    /// Adds what a table holds.
    mutating func read(_ table: SocketTable, from map: BPFMap, _ codec: MapCodec) throws(SystemError) {
        try map.forEach { key, value in
            switch table {
            case .frontends: if let key = codec.frontend(key) { frontends[key] = codec.target(value) }
            case .ports: ports[codec.integer(key, at: 0)] = codec.port(value).port
            case .slots: if let endpoint = codec.endpoint(value) { slots[codec.slot(key)] = endpoint }
            }
        }
    }
}
