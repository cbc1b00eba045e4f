internal import LinuxSystem
internal import NetworkAddress

/// The tables of one IP family by which the program translates.
struct SocketTables: ~Copyable {
    private var frontends: GrowingMap
    private var ports: GrowingMap
    private var slots: GrowingMap

    /// - Parameter maps: the program's, by name.
    init(_ family: IPFamily, in maps: [String: BPFMap]) throws(SystemError) {
        let codec = MapCodec(family: family)
        func table(_ table: SocketTable) throws(SystemError) -> GrowingMap {
            let sizes = codec.sizes(table)
            let outer = try SocketProgram.map("\(table)", in: maps, family)
            return try GrowingMap.open(outer, keySize: sizes.key, valueSize: sizes.value)
        }
        let frontends = try table(.frontends)
        let ports = try table(.ports)
        let slots = try table(.slots)
        self.frontends = frontends
        self.ports = ports
        self.slots = slots
    }

    /// The table as it is; writing may put another one in its place.
    subscript(table: SocketTable) -> BPFMap {
        switch table {
        case .frontends: frontends.table
        case .ports: ports.table
        case .slots: slots.table
        }
    }
}

extension SocketTables: TableWriting {
    mutating func put(_ elements: [(key: [UInt8], value: [UInt8])], in table: SocketTable) throws(SystemError) {
        switch table {
        case .frontends: try frontends.put(elements)
        case .ports: try ports.put(elements)
        case .slots: try slots.put(elements)
        }
    }

    func remove(_ keys: [[UInt8]], from table: SocketTable) throws(SystemError) { try self[table].remove(keys) }

    func value(_ key: [UInt8], in table: SocketTable) throws(SystemError) -> [UInt8]? { try self[table].value(key) }
}
