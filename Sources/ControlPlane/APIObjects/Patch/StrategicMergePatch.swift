import JSONStream
import KubeSchema

/// Strategic merge patch: as a merge patch, but lists that have a merge key are merged item by item, and directives
/// (`$patch`, `$deleteFromPrimitiveList/…`, `$setElementOrder/…`, `$retainKeys`) say more.
package struct StrategicMergePatch: Sendable {
    private let patch: JSONValue
    private let schema: StructSchema

    init(_ patch: JSONValue, _ schema: StructSchema) {
        self.patch = patch
        self.schema = schema
    }

    func apply(to document: JSONValue) throws -> JSONValue {
        try merge(patch, into: document, schema)
    }

    private static let deleteList = "$deleteFromPrimitiveList/"
    private static let setOrder = "$setElementOrder/"

    private func merge(_ patch: JSONValue, into document: JSONValue?, _ schema: StructSchema?) throws -> JSONValue {
        guard case .object(let changes) = patch else { return patch }
        switch changes["$patch"]?.stringValue {
        case "replace"?:
            var replacement = patch
            replacement["$patch"] = nil
            return Self.withoutDirectives(replacement)
        case "delete"?: return [:]
        case nil where changes["$patch"] == nil: break
        default:
            throw StatusError.unclassified("unknown patch type: \(patch["$patch"]?.shown ?? "") in map: \(patch.shown)")
        }
        var members = document?.objectValue ?? [:]
        if case .array(let kept)? = changes["$retainKeys"] {
            let others = changes.filter { !$0.key.hasPrefix("$") && !$0.value.isNull }
            let names = Set(kept.compactMap(\.stringValue))
            guard others.allSatisfy({ names.contains($0.key) }) else {
                throw StatusError.badRequest("invalid patch format of retainKeys")
            }
            members = members.filter { names.contains($0.key) }
        }
        try checkOrders(changes, schema)
        members.remove(named: Set(changes.filter(\.value.isNull).keys))
        for (name, change) in changes {
            if name == "$patch" || name == "$retainKeys" || name.hasPrefix(Self.setOrder) { continue }
            if name.hasPrefix(Self.deleteList) {
                let field = String(name.dropFirst(Self.deleteList.count))
                guard case .array(let present)? = members[field] else { continue }
                let removed = Set(change.arrayValue ?? [])
                members[field] = .array(present.filter { !removed.contains($0) })
                continue
            }
            if change.isNull { continue }
            let order = changes[Self.setOrder + name]?.arrayValue
            members[name] = try merge(change, into: members[name], schema?[name], order: order)
        }
        // An order without changes to the list itself.
        for (name, order) in changes where name.hasPrefix(Self.setOrder) {
            let field = String(name.dropFirst(Self.setOrder.count))
            guard changes[field] == nil, let order = order.arrayValue, case .array(let present)? = members[field]
            else { continue }
            members[field] = .array(
                Self.ordered(present, before: present, by: order, key: schema?[field]?.patchMergeKey))
        }
        return .object(members)
    }

    /// The items of a patch must be in the list that orders them, and in its order.
    private func checkOrders(_ changes: JSONValue.Object, _ schema: StructSchema?) throws {
        for (name, order) in changes where name.hasPrefix(Self.setOrder) {
            guard case .array(let order) = order else {
                throw StatusError.badRequest("invalid patch format of setElementOrder list")
            }
            let field = String(name.dropFirst(Self.setOrder.count))
            let key = schema?[field]?.patchMergeKey
            func identity(_ value: JSONValue) -> JSONValue { key.map { value[$0] ?? .null } ?? value }
            var rest = order[...]
            for item in changes[field]?.arrayValue ?? [] where item["$patch"] == nil {
                guard let place = rest.firstIndex(where: { identity($0) == identity(item) }) else {
                    throw StatusError.unclassified(
                        "The order in patch list doesn't match $setElementOrder list: \(field)")
                }
                rest = rest[(place + 1)...]
            }
        }
    }

    private func merge(
        _ change: JSONValue, into current: JSONValue?, _ field: Field?, order: [JSONValue]?
    ) throws -> JSONValue {
        guard let field else {
            return try merge(change, into: current, nil as StructSchema?)
        }
        switch (change, field.type) {
        case (.object, .object(let schema)):
            return try merge(change, into: current, schema)
        case (.object, _):
            return try merge(change, into: current, nil as StructSchema?)
        case (.array(let items), .array(let element)):
            guard field.patchMerges else { return .array(items.map(Self.withoutDirectives)) }
            let present = current?.arrayValue ?? []
            if let key = field.patchMergeKey {
                let schema: StructSchema? = if case .object(let schema) = element { schema } else { nil }
                return .array(try mergeItems(items, into: present, key: key, schema, order: order))
            }
            var merged = present
            var known = Set(present)
            for item in items where known.insert(item).inserted { merged.append(item) }
            return .array(Self.ordered(merged, before: present, by: order ?? items, key: nil))
        default:
            return change
        }
    }

    private func mergeItems(
        _ items: [JSONValue], into present: [JSONValue], key: String, _ schema: StructSchema?, order: [JSONValue]?
    ) throws -> [JSONValue] {
        if items.contains(where: { $0.text("$patch") == "replace" && $0[key] == nil }) {
            return items.filter { $0["$patch"] == nil }.map(Self.withoutDirectives)
        }
        // One that is deleted leaves its place empty.
        var merged = present.map(Optional.some)
        var places = Dictionary(grouping: present.indices) { present[$0][key] }
        var patched: [JSONValue] = []
        for item in items {
            try RequestWork.check()
            guard let identity = item[key] else {
                throw StatusError.unclassified("map: \(item.shown) does not contain declared merge key: \(key)")
            }
            if item.text("$patch") == "delete" {
                for place in places.removeValue(forKey: identity) ?? [] { merged[place] = nil }
                continue
            }
            patched.append([key: identity].asObject)
            if let index = places[identity]?.first, let old = merged[index] {
                merged[index] = try merge(item, into: old, schema)
            } else {
                places[identity] = [merged.count]
                merged.append(try merge(item, into: nil, schema))
            }
        }
        return Self.ordered(merged.compactMap(\.self), before: present, by: order ?? patched, key: key)
    }

    /// Items that `order` names come in its order; the others keep their place among those that were there before. An
    /// item of neither comes where the two orders leave it.
    private static func ordered(
        _ merged: [JSONValue], before present: [JSONValue], by order: [JSONValue], key: String?
    ) -> [JSONValue] {
        func identity(_ value: JSONValue) -> JSONValue { key.map { value[$0] ?? .null } ?? value }
        func places(_ list: [JSONValue]) -> [JSONValue: Int] {
            Dictionary(list.enumerated().map { (identity($1), $0) }, uniquingKeysWith: { first, _ in first })
        }
        let (ranks, ages) = (places(order), places(present))
        let items = merged.map { item in
            let identity = identity(item)
            return (item: item, rank: ranks[identity], age: ages[identity])
        }
        let first = items.filter { $0.rank != nil }.sorted { ($0.rank ?? 0) < ($1.rank ?? 0) }
        let second = items.filter { $0.rank == nil }.sorted { ($0.age ?? .max) < ($1.age ?? .max) }
        var result: [JSONValue] = []
        var (left, right) = (first[...], second[...])
        while let one = left.first, let other = right.first {
            // Both were there before: the older order decides; a new one comes first.
            if let here = one.age, let there = other.age, there < here {
                result.append(other.item)
                right = right.dropFirst()
            } else {
                result.append(one.item)
                left = left.dropFirst()
            }
        }
        return result + left.map(\.item) + right.map(\.item)
    }

    private static func withoutDirectives(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members):
            var kept: JSONValue.Object = [:]
            for (name, member) in members where !name.hasPrefix("$") && !member.isNull {
                kept[name] = withoutDirectives(member)
            }
            return .object(kept)
        case .array(let items):
            return .array(items.map(withoutDirectives))
        default:
            return value
        }
    }
}

extension [String: JSONValue] {
    fileprivate var asObject: JSONValue {
        .object(JSONValue.Object(map { ($0.key, $0.value) }))
    }
}

extension JSONValue {
    /// As text in a message, which is no place for a whole body.
    fileprivate var shown: String {
        let bytes = serialized()
        return String(decoding: bytes.prefix(256), as: UTF8.self) + (bytes.count > 256 ? "..." : "")
    }
}
