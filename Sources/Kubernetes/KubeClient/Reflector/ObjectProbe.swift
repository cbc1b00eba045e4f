import JSONStream
import KubeAPI

/// The name and version of an object whose other fields are not needed, or not readable.
struct ObjectProbe {
    var name = ""
    var namespace = ""
    var resourceVersion = ""

    var key: ObjectKey? {
        name.isEmpty || name.utf8.count + namespace.utf8.count > 1024
            ? nil : ObjectKey(namespace: namespace, name: name)
    }

    /// Reads one value and keeps what is found before the first error. A field of another type reads as missing.
    mutating func read(_ reader: inout JSONReader) throws {
        guard try reader.peek() == .object else { return try reader.skip() }
        try reader.object { key, reader in
            guard case "metadata" = key, try reader.peek() == .object else { return try reader.skip() }
            try reader.object { key, reader in
                guard try reader.peek() == .string else { return try reader.skip() }
                switch key {
                case "name": name = try reader.string()
                case "namespace": namespace = try reader.string()
                case "resourceVersion": resourceVersion = try reader.string()
                default: try reader.skip()
                }
            }
        }
    }

    static func of(_ bytes: UnsafeRawBufferPointer) -> ObjectProbe {
        var probe = ObjectProbe()
        // What could be read counts, even if the rest is broken.
        try? JSONReader.read(bytes) { try probe.read(&$0) }
        return probe
    }
}
