import JSONStream

/// A protobuf message under construction.
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    mutating func text(_ field: Int, _ text: String) {
        length(field, text.utf8.count)
        bytes.append(contentsOf: text.utf8)
    }

    /// Nothing for a value that is no string.
    mutating func string(_ field: Int, _ value: JSONValue?) {
        if let value = value?.stringValue { text(field, value) }
    }

    mutating func bool(_ field: Int, _ value: JSONValue?) {
        guard value?.boolValue == true else { return }
        varint(UInt64(field) << 3)
        varint(1)
    }

    mutating func message(_ field: Int, _ build: (inout ProtobufWriter) -> Void) {
        var message = ProtobufWriter()
        build(&message)
        length(field, message.bytes.count)
        bytes.append(contentsOf: message.bytes)
    }

    /// An entry of what gnostic has for a map: a name (1) and a value (2).
    mutating func named(_ field: Int, _ name: String, _ build: (inout ProtobufWriter) -> Void) {
        message(field) { entry in
            entry.text(1, name)
            entry.message(2, build)
        }
    }

    private mutating func length(_ field: Int, _ count: Int) {
        varint(UInt64(field) << 3 | 2)
        varint(UInt64(count))
    }

    private mutating func varint(_ value: UInt64) {
        var value = value
        while value >= 0x80 {
            bytes.append(UInt8(value & 0x7F) | 0x80)
            value >>= 7
        }
        bytes.append(UInt8(value))
    }
}
