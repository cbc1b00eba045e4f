import JSONStream

/// A document while a JSON patch changes it. What an operation leads through is opened once, into nodes that are changed
/// in place; what none leads into stays the value that it is. So an operation costs what its path is long, whatever the
/// size of the document.
final class PatchDocument {
    private enum Content {
        case value(JSONValue)
        case object(Members)
        case array([PatchDocument])
    }

    /// Members in their order. One that is removed leaves its place empty.
    private struct Members {
        var names: [String] = []
        var nodes: [PatchDocument?] = []
        var places: [String: Int] = [:]

        subscript(name: String) -> PatchDocument? { places[name].flatMap { nodes[$0] } }

        mutating func set(_ name: String, _ node: PatchDocument) {
            if let place = places[name] {
                nodes[place] = node
            } else {
                places[name] = names.count
                names.append(name)
                nodes.append(node)
            }
        }

        mutating func remove(_ name: String) {
            if let place = places.removeValue(forKey: name) { nodes[place] = nil }
        }
    }

    private var content: Content

    init(_ value: JSONValue) { content = .value(value) }

    /// Makes nodes of the members or items of a value that was not looked into yet.
    private func open() {
        guard case .value(let value) = content else { return }
        switch value {
        case .object(let object):
            var members = Members()
            for (name, member) in object { members.set(name, PatchDocument(member)) }
            content = .object(members)
        case .array(let items): content = .array(items.map(PatchDocument.init))
        default: break
        }
    }

    var value: JSONValue {
        switch content {
        case .value(let value): return value
        case .array(let items): return .array(items.map(\.value))
        case .object(let members):
            return .object(
                JSONObject(zip(members.names, members.nodes).compactMap { name, node in node.map { (name, $0.value) } })
            )
        }
    }

    /// Equal as JSON has it, looked at only as far as it takes to tell.
    func agrees(with other: JSONValue) -> Bool {
        switch (content, other) {
        case (.value(let value), _): value.agrees(with: other)
        case (.array(let items), .array(let others)):
            items.count == others.count && zip(items, others).allSatisfy { $0.agrees(with: $1) }
        case (.object(let members), .object(let others)):
            members.places.count == others.count
                && others.allSatisfy { name, value in members[name]?.agrees(with: value) ?? false }
        default: false
        }
    }

    // MARK: Paths

    func find(_ path: ArraySlice<String>) throws(JSONPatch.Failure) -> PatchDocument {
        var node = self
        for step in path { node = try node.child(step) }
        return node
    }

    private func child(_ step: String) throws(JSONPatch.Failure) -> PatchDocument {
        open()
        switch content {
        case .object(let members):
            guard let member = members[step] else { throw .missing(step) }
            return member
        case .array(let items): return items[try Self.index(step, items.count)]
        case .value: throw .missing(step)
        }
    }

    /// Adds at the end of a path, where its parent must be.
    func add(_ value: JSONValue, at path: [String]) throws(JSONPatch.Failure) {
        guard let step = path.last else {
            content = .value(value)
            return
        }
        let parent = try find(path.dropLast())
        parent.open()
        let node = PatchDocument(value)
        // The content is taken out while it changes, so that it is not copied.
        switch parent.content {
        case .object(var members):
            parent.content = .value(.null)
            members.set(step, node)
            parent.content = .object(members)
        case .array(var items):
            let index = step == "-" ? items.count : try Self.index(step, items.count + 1)
            parent.content = .value(.null)
            items.insert(node, at: index)
            parent.content = .array(items)
        case .value: throw .missing(step)
        }
    }

    func replace(at path: [String], with value: JSONValue) throws(JSONPatch.Failure) {
        try find(path[...]).content = .value(value)
    }

    func remove(at path: [String]) throws(JSONPatch.Failure) {
        guard let step = path.last else { throw .init(message: "the whole document cannot be removed") }
        let parent = try find(path.dropLast())
        parent.open()
        switch parent.content {
        case .object(var members):
            guard members[step] != nil else { throw .missing(step) }
            parent.content = .value(.null)
            members.remove(step)
            parent.content = .object(members)
        case .array(var items):
            let index = try Self.index(step, items.count)
            parent.content = .value(.null)
            items.remove(at: index)
            parent.content = .array(items)
        case .value: throw .missing(step)
        }
    }

    private static func index(_ step: String, _ count: Int) throws(JSONPatch.Failure) -> Int {
        guard let number = Int(step) else { throw .missing(step) }
        let index = number < 0 ? number + count : number
        guard (0..<count).contains(index) else { throw .missing(step) }
        return index
    }
}

extension JSONPatch.Failure {
    static func missing(_ step: String) -> JSONPatch.Failure { JSONPatch.Failure(message: "\"\(step)\" is missing") }
}
