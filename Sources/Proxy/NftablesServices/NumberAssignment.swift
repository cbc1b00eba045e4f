package import ServiceModel

/// The number of each Service port: a hash of its name, or the next free number, or the number in the kernel's maps. It
/// is the same in every process, so a restart finds what it has in the kernel again.
package struct NumberAssignment: Sendable {
    package private(set) var numbers: [ServicePortName: UInt32] = [:]
    /// Numbers are below it.
    private let capacity: UInt32
    private var owners: [UInt32: ServicePortName] = [:]

    package init(below capacity: UInt32) { self.capacity = capacity }

    /// The number of a port, given to it if it has none. Nil if all are taken.
    package mutating func number(of name: ServicePortName) -> UInt32? {
        if let number = numbers[name] { return number }
        var candidate = Self.hash(name) % capacity
        guard owners.count < Int(capacity) else { return nil }
        while owners[candidate] != nil { candidate = (candidate + 1) % capacity }
        take(candidate, for: name)
        return candidate
    }

    package func name(of number: UInt32) -> ServicePortName? { owners[number] }

    /// Takes over what the kernel's maps say; false if another port has the number already.
    @discardableResult
    package mutating func adopt(_ number: UInt32, for name: ServicePortName) -> Bool {
        guard number < capacity, owners[number] == nil, numbers[name] == nil else { return false }
        take(number, for: name)
        return true
    }

    package mutating func release(_ name: ServicePortName) {
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
