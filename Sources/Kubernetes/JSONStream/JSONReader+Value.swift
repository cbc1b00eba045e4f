extension JSONReader {
    /// Reads one value of any kind into a tree.
    ///
    /// Bodies of requests come this way, so it goes without the closures of the other methods.
    ///
    /// - Parameter isRepeated: becomes true if an object has a member twice; the last value counts, as in Go.
    mutating func value(_ isRepeated: inout Bool) throws(JSONError) -> JSONValue {
        skipWhitespace()
        guard position < bytes.count else { throw error(.unexpectedEnd) }
        switch bytes[position] {
        case UInt8(ascii: "{"): return .object(try members(&isRepeated))
        case UInt8(ascii: "["): return .array(try elements(&isRepeated))
        case UInt8(ascii: "\""): return .string(try text())
        case UInt8(ascii: "t"):
            try literal("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try literal("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try literal("null")
            return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case let byte: throw error(.unexpectedByte(byte))
        }
    }

    private mutating func members(_ isRepeated: inout Bool) throws(JSONError) -> JSONObject {
        try open()
        defer { depth -= 1 }
        if consume(UInt8(ascii: "}")) { return JSONObject() }
        var object = JSONObject(minimumCapacity: 3)
        repeat {
            skipWhitespace()
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
                throw error(position < bytes.count ? .unexpectedByte(bytes[position]) : .unexpectedEnd)
            }
            let name = try text()
            try expect(UInt8(ascii: ":"))
            let value: JSONValue
            do { value = try self.value(&isRepeated) } catch { throw error.within(name) }
            if object.index(forKey: name) != nil {
                isRepeated = true
                object[name] = value
            } else {
                object.append(name, value)
            }
        } while consume(UInt8(ascii: ","))
        try expect(UInt8(ascii: "}"))
        return object
    }

    private mutating func elements(_ isRepeated: inout Bool) throws(JSONError) -> [JSONValue] {
        try open()
        defer { depth -= 1 }
        var elements: [JSONValue] = []
        if consume(UInt8(ascii: "]")) { return elements }
        repeat {
            do { elements.append(try value(&isRepeated)) } catch { throw error.within("[\(elements.count)]") }
        } while consume(UInt8(ascii: ","))
        try expect(UInt8(ascii: "]"))
        return elements
    }

    private mutating func number() throws(JSONError) -> JSONValue {
        let text = try numberText()
        return Int64(text).map(JSONValue.integer) ?? .double(Double(text) ?? .infinity)
    }

    /// The string at `position`.
    mutating func text() throws(JSONError) -> String {
        let start = position + 1
        var end = start
        var all: UInt8 = 0
        while end < bytes.count {
            let byte = bytes[end]
            if byte == UInt8(ascii: "\"") {
                position = end + 1
                let plain = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
                if all < 0x80 { return String(decoding: plain, as: UTF8.self) }
                guard let text = String(validating: plain, as: UTF8.self) else {
                    throw JSONError(.invalidUTF8, offset: start - 1)
                }
                return text
            }
            if byte == UInt8(ascii: "\\") { return try escapedString() }
            guard byte >= 0x20 else {
                position = end
                throw error(.unexpectedByte(byte))
            }
            all |= byte
            end += 1
        }
        position = end
        throw error(.unexpectedEnd)
    }
}
