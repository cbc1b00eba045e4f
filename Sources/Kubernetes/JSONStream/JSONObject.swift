/// The members of a JSON object in their order, each name once.
///
/// Nearly all objects of the Kubernetes API have a few members, and a request makes hundreds of such objects. So the
/// members are in one array, which is searched by comparing names; only objects with many members have an index.
public struct JSONObject: Sendable {
    public typealias Element = (key: String, value: JSONValue)

    /// From this many members on a name is looked up in an index.
    private static let indexedCount = 17

    @usableFromInline
    struct Member: Hashable, Sendable {
        @usableFromInline var key: String
        @usableFromInline var value: JSONValue

        @usableFromInline
        init(key: String, value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    @usableFromInline var members: [Member]
    /// The positions of the members; nil while they are few.
    private var positions: [String: Int]?

    public init() {
        members = []
    }

    public init(minimumCapacity: Int) {
        members = []
        members.reserveCapacity(minimumCapacity)
    }

    /// Later members replace earlier ones of the same name, in their place.
    public init(_ elements: some Sequence<Element>) {
        self.init(minimumCapacity: elements.underestimatedCount)
        for (key, value) in elements { self[key] = value }
    }

    @inlinable public var count: Int { members.count }
    @inlinable public var isEmpty: Bool { members.isEmpty }

    func sharesStorage(with other: JSONObject) -> Bool {
        members.withUnsafeBufferPointer { one in
            other.members.withUnsafeBufferPointer { one.count == $0.count && one.baseAddress == $0.baseAddress }
        }
    }

    public func index(forKey key: String) -> Int? {
        if let positions { return positions[key] }
        for position in members.indices where members[position].key == key { return position }
        return nil
    }

    /// The member of this name. Setting nil removes it; a new one comes last.
    public subscript(key: String) -> JSONValue? {
        get { index(forKey: key).map { members[$0].value } }
        set {
            switch (index(forKey: key), newValue) {
            case (let position?, let value?): members[position].value = value
            case (let position?, nil): remove(at: position)
            case (nil, let value?): append(key, value)
            case (nil, nil): break
            }
        }
    }

    /// Adds a member whose name is not there yet.
    mutating func append(_ key: String, _ value: JSONValue) {
        members.append(Member(key: key, value: value))
        if positions != nil {
            positions?[key] = members.count - 1
        } else if members.count == Self.indexedCount {
            rebuildIndex()
        }
    }

    /// Takes time proportional to the number of members; see ``remove(named:)`` for several at once.
    public mutating func remove(at position: Int) {
        let removed = members.remove(at: position)
        guard var positions else { return }
        self.positions = nil
        guard members.count >= Self.indexedCount else { return }
        positions[removed.key] = nil
        for place in positions.values.indices where positions.values[place] > position { positions.values[place] -= 1 }
        self.positions = positions
    }

    /// Removes the members that have one of these names.
    public mutating func remove(named names: Set<String>) {
        guard !names.isEmpty else { return }
        members.removeAll { names.contains($0.key) }
        rebuildIndex()
    }

    /// Changes the value of a member in place.
    public mutating func change(at position: Int, _ body: (inout JSONValue) -> Void) {
        body(&members[position].value)
    }

    private mutating func rebuildIndex() {
        positions =
            members.count < Self.indexedCount
            ? nil : Dictionary(uniqueKeysWithValues: members.enumerated().map { ($1.key, $0) })
    }
}

// MARK: As a collection

extension JSONObject: RandomAccessCollection, ExpressibleByDictionaryLiteral {
    @inlinable public var startIndex: Int { 0 }
    @inlinable public var endIndex: Int { members.count }
    @inlinable public subscript(position: Int) -> Element { (members[position].key, members[position].value) }

    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init(elements.map { ($0, $1) })
    }

    public var keys: [String] { members.map(\.key) }
    public var values: [JSONValue] { members.map(\.value) }

    public mutating func sort(by areInOrder: (Element, Element) -> Bool) {
        members.sort { areInOrder(($0.key, $0.value), ($1.key, $1.value)) }
        rebuildIndex()
    }

    public func filter(_ isIncluded: (Element) -> Bool) -> JSONObject {
        JSONObject(lazy.filter(isIncluded))
    }

    public func mapValues(_ transform: (JSONValue) -> JSONValue) -> JSONObject {
        compactMapValues(transform)
    }

    public func compactMapValues(_ transform: (JSONValue) -> JSONValue?) -> JSONObject {
        var result = JSONObject(minimumCapacity: count)
        for (key, value) in self {
            if let value = transform(value) { result.append(key, value) }
        }
        return result
    }

    /// These members and the other's; where both have a name, the other's value wins.
    public func merging(_ other: JSONObject) -> JSONObject {
        var result = self
        for (key, value) in other { result[key] = value }
        return result
    }
}

extension JSONObject: Hashable {
    public static func == (one: JSONObject, other: JSONObject) -> Bool { one.members == other.members }

    public func hash(into hasher: inout Hasher) { hasher.combine(members) }
}
