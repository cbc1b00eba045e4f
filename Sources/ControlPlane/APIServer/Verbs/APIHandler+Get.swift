import APIObjects
import Hummingbird
import ObjectStore

extension APIHandler {
    func get(_ call: Call) async throws -> Response {
        if let version = call.request.query["resourceVersion"]?.first, !version.isEmpty, version != "0" {
            try await waitFor(try Self.resourceVersion(version), version)
        } else if call.request.query["resourceVersion"]?.first != "0" {
            try await cache.catchUp()
        }
        guard let object = cache.get(call.definition, key: call.target.key) else {
            throw StatusError.notFound(call.definition, call.target.name)
        }
        return try self.object(object, call)
    }

    static func resourceVersion(_ text: String) throws -> Revision {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let version = UInt64(text) else {
            throw StatusError.badRequest(
                "invalid resource version: resourceVersion: Invalid value: \"\(text)\": strconv.ParseUint: parsing "
                    + "\"\(text)\": invalid syntax")
        }
        // No store gives out those above; they are waited for as too large.
        return Revision(clamping: version)
    }

    /// Waits for a version that the client knows of; one that the store has not given is an error.
    /// - Parameter text: the version as the client gave it.
    func waitFor(_ version: Revision, _ text: String) async throws {
        let current = try await store.currentRevision()
        guard version <= current else {
            throw StatusError(
                code: 504, reason: "Timeout",
                message: "Timeout: Too large resource version: \(text), current: \(current)",
                details: StatusError.Details(
                    causes: [
                        StatusError.Cause(
                            reason: "ResourceVersionTooLarge", message: "Too large resource version", field: "")
                    ], retryAfterSeconds: 1))
        }
        await cache.wait(for: version)
    }
}
