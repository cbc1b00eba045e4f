extension JSONValue {
    /// The value as compact JSON.
    public func serialized() -> [UInt8] {
        var writer = JSONWriter()
        writer.write(self)
        return writer.bytes
    }

    /// Appends the value as compact JSON.
    public func write(to output: inout [UInt8]) {
        output += serialized()
    }

    /// Appends a string with the escapes that JSON asks for and no others.
    public static func write(_ string: String, to output: inout [UInt8]) {
        var writer = JSONWriter()
        writer.write(string)
        output += writer.bytes
    }
}
