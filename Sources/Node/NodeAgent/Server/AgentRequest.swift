import HTTPTypes

/// A request to the agent, taken apart.
struct AgentRequest: Sendable {
    let method: HTTPRequest.Method
    /// Between slashes, without percent escapes.
    let path: [String]
    let query: [(name: String, value: String)]
    let head: HTTPRequest

    init(_ head: HTTPRequest) {
        self.head = head
        method = head.method
        let target = head.path ?? "/"
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = (parts.first ?? "").split(separator: "/").map { Self.decoded($0, plusIsSpace: false) }
        query = (parts.count > 1 ? parts[1] : "").split(separator: "&").map { pair in
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (
                Self.decoded(sides[0], plusIsSpace: true),
                sides.count > 1 ? Self.decoded(sides[1], plusIsSpace: true) : ""
            )
        }
    }

    func first(_ name: String) -> String? { query.first { $0.name == name }?.value }
    func all(_ name: String) -> [String] { query.filter { $0.name == name }.map(\.value) }
    func flag(_ names: String...) -> Bool {
        names.contains { name in first(name).map { ["1", "true"].contains($0.lowercased()) } ?? false }
    }

    var isUpgrade: Bool { head.headerFields[values: .connection].contains { $0.lowercased().contains("upgrade") } }

    private static func decoded(_ text: Substring, plusIsSpace: Bool) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") && plusIsSpace ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
