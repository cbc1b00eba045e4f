import APIObjects
import Algorithms
import JSONStream
import KubeAPI

/// Which objects of a kind a request means.
struct ListFilter: Sendable {
    private let definition: ResourceDefinition
    private let prefix: String
    private let labels: LabelSelector
    private let terms: [FieldSelector.Term]
    /// Terms that the object itself must be read for.
    private let needsObject: Bool

    /// Each is held against each object.
    private static let mostTerms = 1000

    init(_ call: Call) throws {
        definition = call.definition
        prefix =
            call.target.namespace.isEmpty
            ? definition.storagePrefix : "\(definition.storagePrefix)\(call.target.namespace)/"
        do {
            labels = try LabelSelector(call.request.first("labelSelector"))
        } catch {
            throw StatusError.badRequest("unable to parse requirement: \(error.message)")
        }
        do {
            var selector = try FieldSelector(call.request.first("fieldSelector"))
            if !call.target.name.isEmpty {
                selector.terms.append(.init(field: "metadata.name", value: call.target.name, isEqual: true))
            }
            terms = selector.terms
        } catch {
            throw StatusError.badRequest(error.message)
        }
        let supported =
            ["metadata.name"] + (definition.isNamespaced ? ["metadata.namespace"] : [])
            + definition.strategy.selectableFields
        for term in terms where !supported.contains(term.field) {
            throw StatusError.badRequest("field label not supported: \(term.field)")
        }
        guard terms.count <= Self.mostTerms, labels.matchExpressions.count <= Self.mostTerms else {
            throw StatusError.badRequest("a selector has more than \(Self.mostTerms) requirements")
        }
        needsObject = terms.contains { !$0.field.hasPrefix("metadata.") }
    }

    /// Only the namespace counts: every object in it matches.
    var isTrivial: Bool { labels.isEmpty && terms.isEmpty }

    /// The objects in the wanted namespace, of those in the order of keys.
    func range(_ objects: [CachedObject]) -> ArraySlice<CachedObject> {
        guard prefix != definition.storagePrefix else { return objects[...] }
        let start = objects.partitioningIndex { !$0.key.utf8.lexicographicallyPrecedes(prefix.utf8) }
        let rest = objects[start...]
        let end = rest.partitioningIndex { !$0.key.hasPrefix(prefix) }
        return rest[..<end]
    }

    /// As ``matches(_:)``, for those who look at many.
    /// - Throws: what ends the request early.
    func checked(_ object: CachedObject) throws(StatusError) -> Bool {
        try RequestWork.check()
        return matches(object)
    }

    /// For objects without a namespace or labels that are not stored.
    func matches(name: String) -> Bool {
        labels.matches([:]) && terms.allSatisfy { ($0.field == "metadata.name" && $0.value == name) == $0.isEqual }
    }

    func matches(_ object: CachedObject) -> Bool {
        guard object.key.hasPrefix(prefix), labels.matches(object.labels) else { return false }
        guard !terms.isEmpty else { return true }
        let parts = object.key.dropFirst(definition.storagePrefix.count).split(separator: "/")
        let name = parts.last.map(String.init) ?? ""
        let namespace = parts.count > 1 ? String(parts[0]) : ""
        var decoded: JSONValue?
        if needsObject, let stored = try? object.decoded() {
            decoded = definition.conversion.map { $0.fromStorage(stored) } ?? stored
        }
        return terms.allSatisfy { term in
            let value =
                switch term.field {
                case "metadata.name": name
                case "metadata.namespace": namespace
                default: decoded.flatMap { definition.strategy.selectableField(term.field, of: $0) } ?? ""
                }
            return (value == term.value) == term.isEqual
        }
    }
}
