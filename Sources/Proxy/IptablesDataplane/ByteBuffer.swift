/// Bytes in the order and layout of this machine's C structs.
struct ByteBuffer: Sendable {
    var bytes: [UInt8] = []

    var count: Int { bytes.count }

    mutating func appendZeros(_ count: Int) {
        bytes.append(contentsOf: repeatElement(0, count: count))
    }

    /// A number, in the order of this machine.
    mutating func append<Value: FixedWidthInteger>(_ value: Value) {
        unsafe withUnsafeBytes(of: value) { unsafe bytes.append(contentsOf: $0) }
    }

    /// A C struct at a multiple of its alignment. It is filled in place: the gaps of a value that is copied hold anything,
    /// and would make two equal rules differ.
    mutating func append<Value>(_ type: Value.Type, _ fill: (inout Value) -> Void) {
        let start = count
        appendZeros(MemoryLayout<Value>.size)
        unsafe bytes.withUnsafeMutableBytes { raw in
            guard let base = raw.baseAddress else { return }
            unsafe fill(&(base + start).assumingMemoryBound(to: Value.self).pointee)
        }
    }

    mutating func store<Value: BitwiseCopyable>(_ value: Value, at offset: Int) {
        bytes.store(value, at: offset)
    }

    mutating func store(text: some Sequence<UInt8>, at offset: Int) {
        for (index, byte) in text.enumerated() { bytes[offset + index] = byte }
    }

    mutating func align() {
        let rest = count % EntryLayout.alignment
        if rest != 0 { appendZeros(EntryLayout.alignment - rest) }
    }
}

extension [UInt8] {
    func load<Value: BitwiseCopyable>(_ type: Value.Type, at offset: Int) -> Value {
        precondition(offset >= 0 && offset + MemoryLayout<Value>.size <= count)
        return unsafe withUnsafeBytes { unsafe $0.loadUnaligned(fromByteOffset: offset, as: type) }
    }

    mutating func store<Value: BitwiseCopyable>(_ value: Value, at offset: Int) {
        precondition(offset >= 0 && offset + MemoryLayout<Value>.size <= count)
        unsafe withUnsafeMutableBytes { unsafe $0.storeBytes(of: value, toByteOffset: offset, as: Value.self) }
    }
}
