import APIObjects
import APIResources
import JSONStream
import KubeAPI
import KubeSchema
import Logging
import ObjectStore

/// Keeps the status of ResourceQuotas: what is allowed, and what is used of it (upstream's resourcequota controller).
struct QuotaStatus: Sendable {
    /// How often what is used is counted anew while there are quotas.
    private static let period = Duration.seconds(1)

    let handler: APIHandler

    func run() async throws {
        var seen: Revision = -1
        while !Task.isCancelled {
            try await Task.sleep(for: Self.period)
            let snapshot = handler.cache.snapshot(.resourceQuotas)
            // Nothing has changed anywhere.
            guard !snapshot.objects.isEmpty, snapshot.revision != seen else { continue }
            seen = snapshot.revision
            for object in snapshot.objects {
                do {
                    try await update(object)
                } catch let error as StoreError {
                    handler.logger.error("a ResourceQuota's status is not up to date", metadata: ["error": "\(error)"])
                    seen = -1
                } catch let error as StatusError {
                    // Gone in the meantime, or tried again.
                    seen = error.reason == "NotFound" ? seen : -1
                }
            }
        }
    }

    private func update(_ cached: CachedObject) async throws {
        let object = try cached.decoded()
        guard let status = try Self.status(of: object, QuotaUsage(handler: handler)), status != object["status"] else {
            return
        }
        let metadata = object["metadata"] ?? [:]
        let target = RequestTarget.Resource(
            definition: .resourceQuotas, namespace: metadata.text("namespace"), name: metadata.text("name"),
            subresource: "")
        _ = try await ObjectWriter(handler: handler, target: target, isDryRun: false).rewrite { current in
            var object = current
            object["status"] = status
            return object
        }
    }

    /// Nil if the quota limits nothing.
    static func status(of quota: JSONValue, _ usage: QuotaUsage) throws -> JSONValue? {
        let spec = quota["spec"] ?? [:]
        let hard = spec.sortedMembers("hard")
        guard !hard.isEmpty else { return nil }
        let used = try usage.used(
            quota["metadata"]?.text("namespace") ?? "", names: hard.map(\.key), QuotaScopes(spec))
        var amounts: JSONValue = [:]
        for (name, limit) in hard { amounts[name] = .string(Quantity.text(used[name], like: limit.stringValue ?? "")) }
        return ["hard": spec["hard"] ?? [:], "used": amounts]
    }
}
