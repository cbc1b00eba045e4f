internal import ServiceModel

/// The number of each Service port: a hash of its name, or the next free number, or the number in the kernel's maps. It
/// is the same in every process, so a restart finds its virtual servers again.
struct MarkAssignment: Sendable {
    private(set) var numbers: [ServicePortName: UInt32] = [:]
    private var owners: [UInt32: ServicePortName] = [:]

    /// The number of a port, given to it if it has none. Nil if all are taken.
    mutating func number(of name: ServicePortName) -> UInt32? {
        if let number = numbers[name] { return number }
        var candidate = Self.hash(name) % (ServiceMark.capacity - 1)
        guard owners.count < Int(ServiceMark.capacity - 1) else { return nil }
        while owners[candidate] != nil { candidate = (candidate + 1) % (ServiceMark.capacity - 1) }
        take(candidate, for: name)
        return candidate
    }

    func name(of number: UInt32) -> ServicePortName? { owners[number] }

    /// Takes over what the kernel's maps say; false if another port has the number already.
    @discardableResult
    mutating func adopt(_ number: UInt32, for name: ServicePortName) -> Bool {
        guard number < ServiceMark.capacity - 1, owners[number] == nil, numbers[name] == nil else { return false }
        take(number, for: name)
        return true
    }

    mutating func release(_ name: ServicePortName) {
        if let number = numbers.removeValue(forKey: name) { owners[number] = nil }
    }

    private mutating func take(_ number: UInt32, for name: ServicePortName) {
        numbers[name] = number
        owners[number] = name
    }

    /// FNV-1a: Swift's own hashes differ from process to process.
    private static func hash(_ name: ServicePortName) -> UInt32 {
        var hash: UInt32 = 0x811C_9DC5
        func mix(_ byte: UInt8) { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
        for part in [name.namespace, name.name, name.port] {
            for byte in part.utf8 { mix(byte) }
            mix(0)
        }
        mix(name.transport.rawValue)
        return hash ^ hash >> 22
    }
}
