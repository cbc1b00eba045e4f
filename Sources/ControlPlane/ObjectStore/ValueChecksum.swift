/// A checksum over a key and its value, stored beside them. Each step can be undone, so that any change within one word
/// of eight bytes is found for sure.
enum ValueChecksum {
    private static let prime: UInt64 = 0x9E37_79B9_7F4A_7C15

    static func of(_ key: String, _ value: some Collection<UInt8>) -> Int64 {
        var sum = prime
        var text = key
        text.withUTF8 { add($0, to: &sum) }
        let isAdded: Void? = value.withContiguousStorageIfAvailable { add($0, to: &sum) }
        if isAdded == nil { Array(value).withUnsafeBufferPointer { add($0, to: &sum) } }
        return Int64(bitPattern: sum)
    }

    private static func add(_ bytes: UnsafeBufferPointer<UInt8>, to sum: inout UInt64) {
        let raw = UnsafeRawBufferPointer(bytes)
        let whole = raw.count & ~7
        for offset in stride(from: 0, to: whole, by: 8) {
            mix(UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)), into: &sum)
        }
        var last: UInt64 = 0
        for offset in whole..<raw.count { last = last << 8 | UInt64(raw[offset]) }
        mix(last, into: &sum)
        // What one text ends with must not count as the other's beginning.
        mix(UInt64(raw.count), into: &sum)
    }

    private static func mix(_ word: UInt64, into sum: inout UInt64) {
        sum = (sum ^ word) &* prime
        sum ^= sum >> 29
    }
}
