#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The name of an object's member, compared without making a String of it. Valid only inside the closure that gets it.
public struct JSONKey {
    let bytes: UnsafeRawBufferPointer

    /// `case "metadata":` in a switch over a key.
    @inlinable
    public static func ~= (name: StaticString, key: JSONKey) -> Bool {
        key.matches(name)
    }

    @usableFromInline
    func matches(_ name: StaticString) -> Bool {
        guard name.utf8CodeUnitCount == bytes.count, let base = bytes.baseAddress else {
            return name.utf8CodeUnitCount == 0 && bytes.isEmpty
        }
        return memcmp(base, name.utf8Start, bytes.count) == 0
    }

    public var string: String { String(decoding: bytes, as: UTF8.self) }
}
