internal import CSocketBalancing
internal import Glibc
internal import LinuxSystem
internal import NetworkAddress

/// A hash table that the program finds inside another map: a larger one takes its place at once. An empty table of the largest
/// size would take megabytes.
struct GrowingMap: ~Copyable {
    private let outer: BPFMap
    private(set) var table: BPFMap
    private var capacity: Int

    private static let smallest = 1024
    static let firstKey: [UInt8] = [0, 0, 0, 0]

    private init(_ outer: BPFMap, _ table: BPFMap, capacity: Int) {
        (self.outer, self.table, self.capacity) = (outer, table, capacity)
    }

    /// Opens the table that is there, or makes one.
    static func open(_ outer: BPFMap, keySize: Int, valueSize: Int) throws(SystemError) -> GrowingMap {
        if let found = try Self.table(in: outer, keySize: keySize, valueSize: valueSize) {
            var information = bpf_map_info()
            var size = UInt32(MemoryLayout<bpf_map_info>.size)
            let known = unsafe bpf_obj_get_info_by_fd(found.descriptor, &information, &size) == 0
            return GrowingMap(outer, found, capacity: known ? Int(information.max_entries) : smallest)
        }
        let new = try made(outer.name, keySize: keySize, valueSize: valueSize, smallest)
        do throws(SystemError) {
            try put(new, in: outer)
        } catch {
            SystemCall.close(new.descriptor)
            throw error
        }
        return GrowingMap(outer, new, capacity: smallest)
    }

    deinit { SystemCall.close(table.descriptor) }

    /// The table that the program sees, with a descriptor that is the caller's; nil: there is none.
    static func table(in outer: BPFMap, keySize: Int, valueSize: Int) throws(SystemError) -> BPFMap? {
        guard let number = try outer.value(firstKey) else { return nil }
        let codec = MapCodec(family: .ipv4)
        let descriptor = try SystemCall.run("open the table of the map \(outer.name)") {
            bpf_map_get_fd_by_id(codec.integer(number[...], at: 0))
        }
        return BPFMap(name: outer.name, descriptor: descriptor, keySize: keySize, valueSize: valueSize)
    }

    private static func made(
        _ name: String, keySize: Int, valueSize: Int, _ capacity: Int
    ) throws(SystemError) -> BPFMap {
        let descriptor = try SystemCall.run("make a table of \(capacity) elements for the map \(name)") {
            unsafe viaduct_make_table(name, UInt32(keySize), UInt32(valueSize), UInt32(clamping: capacity))
        }
        return BPFMap(name: name, descriptor: descriptor, keySize: keySize, valueSize: valueSize)
    }

    private static func put(_ table: BPFMap, in outer: BPFMap) throws(SystemError) {
        try outer.put([(firstKey, MapCodec(family: .ipv4).native(UInt32(bitPattern: table.descriptor)))])
    }

    /// - Throws: ENOMEM.
    mutating func put(_ elements: [(key: [UInt8], value: [UInt8])]) throws(SystemError) {
        if elements.isEmpty { return }
        if elements.count > capacity { try grow(to: elements.count) }
        while true {
            do throws(SystemError) {
                return try table.put(elements)
            } catch  where error.code == E2BIG {
                // What has been written is written again.
                try grow(to: capacity + 1)
            }
        }
    }

    private mutating func grow(to count: Int) throws(SystemError) {
        var larger = capacity
        while larger < count { larger *= 2 }
        let new = try Self.made(table.name, keySize: table.keySize, valueSize: table.valueSize, larger)
        do throws(SystemError) {
            try table.copy(into: new)
            try Self.put(new, in: outer)
        } catch {
            SystemCall.close(new.descriptor)
            throw error
        }
        SystemCall.close(table.descriptor)
        (table, capacity) = (new, larger)
    }
}
