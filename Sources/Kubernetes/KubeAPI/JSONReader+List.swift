import JSONStream

extension JSONReader {
    /// Reads an array of values; `null` is an empty one. A field that appears twice has its last value, as in Go, which
    /// appending to what is there would not give.
    mutating func listIfPresent<Element>(_ read: (inout JSONReader) throws -> Element) throws -> [Element] {
        var list: [Element] = []
        try arrayIfPresent { list.append(try read(&$0)) }
        return list
    }
}
