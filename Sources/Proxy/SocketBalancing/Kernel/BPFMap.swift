internal import CSocketBalancing
internal import Glibc
internal import LinuxSystem

/// A map of the program: reads and writes elements, as bytes, many at a time. The descriptor is its program's.
struct BPFMap {
    let name: String
    let keySize: Int
    let valueSize: Int
    let descriptor: Int32

    private static let batch = SocketPlan.batch

    init(name: String, descriptor: Int32, keySize: Int, valueSize: Int) {
        (self.name, self.descriptor, self.keySize, self.valueSize) = (name, descriptor, keySize, valueSize)
    }

    /// - Throws: E2BIG where the map is full, ENOMEM.
    func put(_ elements: [(key: [UInt8], value: [UInt8])]) throws(SystemError) {
        var rest = elements[...]
        while !rest.isEmpty {
            let some = rest.prefix(Self.batch)
            rest = rest.dropFirst(Self.batch)
            if let only = some.first, some.count == 1 {
                try SystemCall.run("write to the map \(name)") {
                    unsafe bpf_map_update_elem(descriptor, only.key, only.value, UInt64(BPF_ANY))
                }
                continue
            }
            let keys = some.flatMap(\.key)
            let values = some.flatMap(\.value)
            var count = UInt32(some.count)
            try SystemCall.run("write to the map \(name)") {
                unsafe bpf_map_update_batch(descriptor, keys, values, &count, nil)
            }
        }
    }

    /// Those that are not there are no error.
    func remove(_ keys: [[UInt8]]) throws(SystemError) {
        var rest = keys[...]
        while !rest.isEmpty {
            let some = rest.prefix(Self.batch)
            let flat = some.flatMap { $0 }
            var count = UInt32(some.count)
            do throws(SystemError) {
                try SystemCall.run("remove from the map \(name)") {
                    unsafe bpf_map_delete_batch(descriptor, flat, &count, nil)
                }
                rest = rest.dropFirst(some.count)
            } catch  where error.code == ENOENT {
                // It stops at one that is missing.
                rest = rest.dropFirst(min(some.count, Int(count) + 1))
            }
        }
    }

    /// nil: there is none.
    func value(_ key: [UInt8]) throws(SystemError) -> [UInt8]? {
        var value = [UInt8](repeating: 0, count: valueSize)
        do throws(SystemError) {
            try SystemCall.run("read the map \(name)") { unsafe bpf_map_lookup_elem(descriptor, key, &value) }
            return value
        } catch  where error.code == ENOENT {
            return nil
        }
    }

    /// Hands over all elements. Those that come or go meanwhile may be missing, or there twice.
    func forEach(_ body: (_ key: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) -> Void) throws(SystemError) {
        try forEachBatch { keys, values, count throws(SystemError) in
            for index in 0..<count {
                body(keys[index * keySize..<(index + 1) * keySize], values[index * valueSize..<(index + 1) * valueSize])
            }
        }
    }

    /// Puts all elements into another map of the same kind.
    func copy(into other: BPFMap) throws(SystemError) {
        try forEachBatch { keys, values, count throws(SystemError) in
            var transferred = UInt32(count)
            try SystemCall.run("write to the map \(name)") {
                unsafe bpf_map_update_batch(other.descriptor, keys, values, &transferred, nil)
            }
        }
    }

    private func forEachBatch(
        _ body: (_ keys: [UInt8], _ values: [UInt8], _ count: Int) throws(SystemError) -> Void
    ) throws(SystemError) {
        var keys = [UInt8](repeating: 0, count: keySize * Self.batch)
        var values = [UInt8](repeating: 0, count: valueSize * Self.batch)
        var position: UInt32 = 0
        var isFirst = true
        while true {
            var count = UInt32(Self.batch)
            var next: UInt32 = 0
            var isLast = false
            do throws(SystemError) {
                try SystemCall.run("read the map \(name)") {
                    if isFirst {
                        unsafe bpf_map_lookup_batch(descriptor, nil, &next, &keys, &values, &count, nil)
                    } else {
                        unsafe bpf_map_lookup_batch(descriptor, &position, &next, &keys, &values, &count, nil)
                    }
                }
            } catch  where error.code == ENOENT {
                isLast = true
            }
            if count > 0 { try body(keys, values, min(Int(count), Self.batch)) }
            if isLast { return }
            position = next
            isFirst = false
        }
    }
}
