import APIObjects
import APIPods
import APIResources
import JSONStream
import KubeAPI
import KubeSchema
import Synchronization

/// Refuses what a namespace's ResourceQuotas do not leave room for. What is used is counted from the objects that there
/// are, so nothing has to be given back; writes into one namespace with quotas take turns meanwhile.
struct QuotaAdmission: Sendable {
    let handler: APIHandler
    let definition: ResourceDefinition
    let namespace: String

    /// What is written all the time and never counted.
    private static let uncounted: Set<String> = ["events", "events.events.k8s.io", "leases.coordination.k8s.io"]

    /// Nil if the namespace has no quota that could be about such an object.
    init?(_ handler: APIHandler, _ definition: ResourceDefinition, namespace: String) {
        guard definition.isNamespaced, !namespace.isEmpty, !Self.uncounted.contains(definition.qualifiedPlural) else {
            return nil
        }
        let prefix = "\(ResourceDefinition.resourceQuotas.storagePrefix)\(namespace)/"
        guard handler.cache.snapshot(.resourceQuotas).objects.contains(where: { $0.key.hasPrefix(prefix) }) else {
            return nil
        }
        self.handler = handler
        self.definition = definition
        self.namespace = namespace
    }

    /// - Parameter old: what an update replaces.
    func check(_ object: JSONValue, replacing old: JSONValue?) throws {
        let name = object["metadata"]?.text("name") ?? ""
        let quotas = handler.admission.all(.resourceQuotas, namespace).sorted {
            ($0["metadata"]?.text("name") ?? "") < ($1["metadata"]?.text("name") ?? "")
        }
        for quota in quotas {
            let spec = quota["spec"] ?? [:]
            let scopes = QuotaScopes(spec)
            let wanted = ResourceUsage(of: object, definition, scopes: scopes)
            let before = old.map { ResourceUsage(of: $0, definition, scopes: scopes) } ?? ResourceUsage()
            let hard = spec.sortedMembers("hard").map { ($0.key, $0.value.stringValue ?? "0") }
            let missing = unsaid(object, hard.map(\.0), scopes)
            let quotaName = quota["metadata"]?.text("name") ?? ""
            guard missing.isEmpty else {
                throw StatusError.forbidden(
                    definition, name, "failed quota: \(quotaName): must specify \(missing.joined(separator: "; "))")
            }
            let growing = hard.filter { wanted[$0.0] > before[$0.0] }
            guard !growing.isEmpty else { continue }
            let used = try QuotaUsage(handler: handler).used(namespace, names: growing.map(\.0), scopes)
            let over = growing.filter { resource, limit in
                used[resource] &+ wanted[resource] &- before[resource] > Quantity.value(limit) ?? 0
            }
            guard !over.isEmpty else { continue }
            func list(_ amount: (String, String) -> String) -> String {
                over.map { "\($0.0)=\(amount($0.0, $0.1))" }.joined(separator: ",")
            }
            throw StatusError.forbidden(
                definition, name,
                "exceeded quota: \(quotaName), requested: "
                    + list { Quantity.text(wanted[$0] &- before[$0], like: $1) } + ", used: "
                    + list { Quantity.text(used[$0], like: $1) } + ", limited: " + list { $1 })
        }
    }

    /// What a pod's containers must say, where a quota counts it.
    private func unsaid(_ object: JSONValue, _ hard: [String], _ scopes: QuotaScopes) -> [String] {
        guard definition === ResourceDefinition.pods, scopes.match(object) else { return [] }
        let containers =
            (object["spec"]?.items("containers") ?? []) + (object["spec"]?.items("initContainers") ?? [])
        return hard.compactMap { resource in
            let parts = resource.split(separator: ".", maxSplits: 1).map(String.init)
            let (list, name) =
                parts.count == 2 && ["requests", "limits"].contains(parts[0])
                ? (parts[0], parts[1]) : ("requests", resource)
            guard ["cpu", "memory"].contains(name) else { return nil }
            let silent = containers.filter { $0["resources"]?[list]?[name] == nil }.map { $0.text("name") }
            return silent.isEmpty ? nil : "\(resource) for: \(silent.sorted().joined(separator: ","))"
        }
    }
}

/// Counts what a namespace uses.
struct QuotaUsage: Sendable {
    let handler: APIHandler

    /// The kinds that a resource is counted of.
    private func kinds(_ resource: String) -> [ResourceDefinition] {
        if resource.hasPrefix("count/") {
            let name = resource.dropFirst("count/".count)
            return handler.registry.find(qualifiedPlural: String(name)).map { [$0] } ?? []
        }
        if resource.hasPrefix("services") { return [.services] }
        if resource == "requests.storage" || resource.contains(".storageclass.storage.k8s.io/") {
            return [.persistentVolumeClaims]
        }
        let found = handler.registry.find(apiVersion: "v1", plural: resource)
        return [found ?? .pods]
    }

    /// - Parameter names: of the resources that are asked about.
    func used(_ namespace: String, names: [String], _ scopes: QuotaScopes) throws -> ResourceUsage {
        var kinds: [ResourceDefinition] = []
        for kind in names.flatMap(self.kinds) where !kinds.contains(where: { $0 === kind }) { kinds.append(kind) }
        var total = ResourceUsage()
        for kind in kinds {
            for object in handler.admission.all(kind, namespace) {
                try RequestWork.check()
                total.add(ResourceUsage(of: object, kind, scopes: scopes))
            }
        }
        return total
    }
}

/// Lets writers into the same namespace follow one another.
final class NamespaceTurns: Sendable {
    private struct State {
        var busy: Set<String> = []
        var waiting: [String: [CheckedContinuation<Void, Never>]] = [:]
    }

    private let state = Mutex(State())

    func run<Result: Sendable>(_ namespace: String, _ body: () async throws -> Result) async throws -> Result {
        await enter(namespace)
        defer { leave(namespace) }
        return try await body()
    }

    private func enter(_ namespace: String) async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                guard !state.busy.insert(namespace).inserted else { return true }
                state.waiting[namespace, default: []].append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    private func leave(_ namespace: String) {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard var waiting = state.waiting[namespace], !waiting.isEmpty else {
                state.busy.remove(namespace)
                state.waiting[namespace] = nil
                return nil
            }
            let first = waiting.removeFirst()
            state.waiting[namespace] = waiting
            return first
        }
        next?.resume()
    }
}
