package import JSONStream

/// Changes inside an object, without copies of what stays.
extension JSONValue {
    /// Changes a member; nothing happens if there is none.
    package mutating func edit(_ name: String, _ change: (inout JSONValue) -> Void) {
        guard case .object(var members) = self, let index = members.index(forKey: name) else { return }
        self = .null
        members.change(at: index, change)
        self = .object(members)
    }

    /// Changes each item of a member that is a list.
    package mutating func editItems(_ name: String, _ change: (inout JSONValue) -> Void) {
        edit(name) { list in
            guard case .array(var items) = list else { return }
            list = .null
            for index in items.indices { change(&items[index]) }
            list = .array(items)
        }
    }

    /// Changes a member that is made if it is missing.
    package mutating func editOrMake(_ name: String, _ change: (inout JSONValue) -> Void) {
        if !has(name) { self[name] = [:] }
        edit(name, change)
    }

    /// Whether a member is there, and not null.
    package func has(_ name: String) -> Bool { self[name].map { !$0.isNull } ?? false }

    /// Sets a member that is missing, null or an empty text.
    package mutating func setDefault(_ name: String, _ value: JSONValue) {
        switch self[name] {
        case nil, .null?, .string("")?: self[name] = value
        default: return
        }
    }

    /// Sets a number that is missing or zero.
    package mutating func setDefault(_ name: String, nonzero value: Int64) {
        if number(name) == 0 { self[name] = .integer(value) }
    }

    /// The members of an object member in the order of their names.
    package func sortedMembers(_ name: String) -> [(key: String, value: JSONValue)] {
        (self[name]?.objectValue ?? [:]).sorted { $0.key < $1.key }
    }

    /// A member of members; setting makes what is missing on the way.
    package subscript(path names: [String]) -> JSONValue? {
        get { names.reduce(Optional(self)) { $0?[$1] } }
        set {
            guard let first = names.first else { return }
            guard names.count > 1 else { return self[first] = newValue }
            editOrMake(first) { $0[path: Array(names.dropFirst())] = newValue }
        }
    }

    package func flag(_ name: String) -> Bool { self[name]?.boolValue ?? false }
}
