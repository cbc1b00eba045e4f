import JSONStream

extension JSONValue {
    /// A text member; empty if there is none.
    func text(_ name: String) -> String { self[name]?.stringValue ?? "" }
    func integer(_ name: String) -> Int64? { self[name]?.integerValue }
    func flag(_ name: String) -> Bool { self[name]?.boolValue ?? false }
    func list(_ name: String) -> [JSONValue] { self[name]?.arrayValue ?? [] }
    func texts(_ name: String) -> [String] { list(name).compactMap(\.stringValue) }

    /// A member that is an object of texts; numbers count as they are written.
    func textMap(_ name: String) -> [String: String] {
        var map: [String: String] = [:]
        for (key, value) in self[name]?.objectValue ?? [:] {
            switch value {
            case .string(let text): map[key] = text
            case .integer(let number): map[key] = String(number)
            case .double(let number): map[key] = "\(number)"
            default: break
            }
        }
        return map
    }
}
