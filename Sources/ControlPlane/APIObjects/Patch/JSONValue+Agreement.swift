package import JSONStream

extension JSONValue {
    /// Equal as JSON has it: in any order of members, and numbers by their value.
    package func agrees(with other: JSONValue) -> Bool {
        switch (self, other) {
        case (.integer(let left), .double(let right)): Double(left) == right
        case (.double(let left), .integer(let right)): left == Double(right)
        case (.array(let left), .array(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.agrees(with: $1) }
        case (.object(let left), .object(let right)):
            left.count == right.count
                && left.allSatisfy { name, value in right[name].map { value.agrees(with: $0) } ?? false }
        default: self == other
        }
    }
}
