public import KubeAPI
import Synchronization

/// Finds objects by something other than their key, such as the pods of a node.
public struct ObjectIndex<Object: APIObject>: Sendable {
    public let name: String
    /// The values under which an object is found; empty if it is not in the index.
    public let values: @Sendable (Object) -> [String]

    public init(_ name: String, values: @escaping @Sendable (Object) -> [String]) {
        self.name = name
        self.values = values
    }
}

/// The objects of an ``Informer``, for any number of readers. They may be older than the server's, never newer, and a
/// reader sees changes in their order.
public final class InformerCache<Object: APIObject>: Sendable {
    private struct State {
        var objects: [ObjectKey: Object] = [:]
        /// For each index, the keys under each value.
        var found: [String: [String: Set<ObjectKey>]] = [:]
        var indexes: [ObjectIndex<Object>]
    }

    private let state: Mutex<State>

    public init(indexes: [ObjectIndex<Object>] = []) {
        state = Mutex(State(indexes: indexes))
    }

    /// Adds indexes that are not there yet, by their names. The cache must be empty.
    func add(_ indexes: [ObjectIndex<Object>]) {
        state.withLock { state in
            assert(state.objects.isEmpty, "an index came after the objects")
            for index in indexes where !state.indexes.contains(where: { $0.name == index.name }) {
                state.indexes.append(index)
            }
        }
    }

    public subscript(key: ObjectKey) -> Object? { state.withLock { $0.objects[key] } }

    public var count: Int { state.withLock { $0.objects.count } }

    /// All objects, in no order.
    public var all: [Object] { state.withLock { Array($0.objects.values) } }

    /// The objects under a value of an index, sorted by key.
    public func objects(_ index: String, _ value: String) -> [Object] {
        state.withLock { state in
            (state.found[index]?[value] ?? []).sorted().compactMap { state.objects[$0] }
        }
    }

    /// Inserts an object and returns the previous one.
    @discardableResult
    public func insert(_ object: Object) -> Object? {
        let key = object.metadata.key
        return state.withLock { state in
            let old = state.objects.updateValue(object, forKey: key)
            for index in state.indexes {
                if let old { Self.drop(key, index.values(old), &state.found[index.name, default: [:]]) }
                for value in index.values(object) {
                    state.found[index.name, default: [:]][value, default: []].insert(key)
                }
            }
            return old
        }
    }

    /// Removes an object and returns it.
    @discardableResult
    public func remove(_ key: ObjectKey) -> Object? {
        state.withLock { state in
            guard let old = state.objects.removeValue(forKey: key) else { return nil }
            for index in state.indexes { Self.drop(key, index.values(old), &state.found[index.name, default: [:]]) }
            return old
        }
    }

    func removeAll() { state.withLock { $0 = State(indexes: $0.indexes) } }

    private static func drop(_ key: ObjectKey, _ values: [String], _ found: inout [String: Set<ObjectKey>]) {
        for value in values {
            found[value]?.remove(key)
            if found[value]?.isEmpty == true { found[value] = nil }
        }
    }
}
