internal import LinuxSystem
import ServiceModel

/// A table of the program that plans change.
enum SocketTable: Hashable, Sendable, CaseIterable {
    case frontends, ports, slots
}

/// Writes elements of the program's tables, as bytes; each call is one to the kernel, or one for each few thousand elements.
protocol TableWriting: ~Copyable {
    mutating func put(_ elements: [(key: [UInt8], value: [UInt8])], in table: SocketTable) throws(SystemError)
    /// Those that are not there are no error.
    mutating func remove(_ keys: [[UInt8]], from table: SocketTable) throws(SystemError)
    mutating func value(_ key: [UInt8], in table: SocketTable) throws(SystemError) -> [UInt8]?
}

extension SocketPlan {
    /// The elements that one call to the kernel transfers.
    static let batch = 4096

    /// The calls that ``write(_:to:)`` makes where no table grows: few, however many Services there are.
    var calls: Int {
        let known = Set(putFrontends.values.map(\.port))
        let steps = [
            removedFrontends.count, putSlots.count, putPorts.count, putFrontends.count, removedPorts.count,
            removedSlots.count,
        ]
        return steps.reduce(putPorts.keys.count { !known.contains($0) }) { $0 + ($1 + Self.batch - 1) / Self.batch }
    }

    /// Makes the change, step by step. Steps without elements make no call.
    func write(_ codec: MapCodec, to tables: inout some TableWriting & ~Copyable) throws(SystemError) {
        if !removedFrontends.isEmpty {
            try tables.remove(removedFrontends.map { codec.bytes($0) }, from: .frontends)
        }
        if !putSlots.isEmpty { try tables.put(putSlots.map { (codec.bytes($0), codec.slotBytes($1)) }, in: .slots) }
        if !putPorts.isEmpty { try tables.put(try changedPorts(codec, &tables), in: .ports) }
        if !putFrontends.isEmpty {
            try tables.put(putFrontends.map { (codec.bytes($0), codec.bytes($1)) }, in: .frontends)
        }
        if !removedPorts.isEmpty { try tables.remove(removedPorts.map { codec.native($0) }, from: .ports) }
        if !removedSlots.isEmpty { try tables.remove(removedSlots.map { codec.bytes($0) }, from: .slots) }
    }

    /// Ports with what they have counted. Connections that come meanwhile are not counted.
    private func changedPorts(
        _ codec: MapCodec, _ tables: inout some TableWriting & ~Copyable
    ) throws(SystemError) -> [(key: [UInt8], value: [UInt8])] {
        let isNew = Set(putFrontends.values.map(\.port))
        var changed: [(key: [UInt8], value: [UInt8])] = []
        for (number, port) in putPorts {
            let key = codec.native(number)
            let held = isNew.contains(number) ? nil : try tables.value(key, in: .ports)
            changed.append((key, codec.bytes(port, translated: held.map { codec.port($0[...]).translated } ?? 0)))
        }
        return changed
    }
}
