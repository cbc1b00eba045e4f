import APIObjects
import Algorithms
import Hummingbird
import JSONStream
import Logging
import ObjectStore

extension APIHandler {
    func list(_ call: Call) async throws -> Response {
        try Self.validateList(call.request)
        let filter = try ListFilter(call)
        let limit = Int(clamping: max(try call.request.integer("limit") ?? 0, 0))
        let page = try await page(call, filter, limit)
        var metadata: JSONValue = ["resourceVersion": .string(String(page.revision))]
        if let next = page.next {
            metadata["continue"] = .string(next.text)
            if filter.isTrivial { metadata["remainingItemCount"] = .integer(Int64(page.remaining)) }
        }
        let definition = call.definition
        guard call.representation.sendsStoredBytes(of: definition) else {
            return try list(served(page.objects, definition), call, metadata: metadata)
        }
        return Self.respond(
            Self.joined(page.objects, kind: definition.kind + "List", definition.apiVersion, metadata),
            mediaType: call.representation.mediaType)
    }

    /// A stored value that cannot be read is left out, and named in the log: one of them must not hide all others.
    private func served(_ objects: [CachedObject], _ definition: ResourceDefinition) throws -> [JSONValue] {
        try objects.compactMap { object in
            try RequestWork.check()
            do {
                return try served(object, definition)
            } catch {
                logger.error(
                    "a stored value cannot be read and is left out of lists",
                    metadata: ["key": "\(object.key)", "error": "\(error)"])
                return nil
            }
        }
    }

    /// A list of objects in the shape that the client wants.
    func list(_ objects: [JSONValue], _ call: Call, metadata: JSONValue) throws -> Response {
        let definition = call.definition
        let list: JSONValue
        switch call.representation.shape {
        case .object:
            list = [
                "kind": .string(definition.kind + "List"), "apiVersion": .string(definition.apiVersion),
                "metadata": metadata, "items": .array(objects),
            ]
        case .table:
            list = Shapes.table(
                objects, definition, includeObject: try call.includeObject(), metadata: metadata)
        case .partialMetadata:
            throw StatusError.wrongShape(
                "you requested PartialObjectMetadata, but the requested object is a list "
                    + "(*\(definition.goPackage).\(definition.kind)List)")
        case .partialMetadataList:
            list = [
                "kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1", "metadata": metadata,
                "items": .array(objects.map(Shapes.partialMetadata)),
            ]
        }
        return Self.answer(call.representation.versioned(list), call.representation)
    }

    /// The list as it is sent, from the objects' bytes, which all readers share.
    private static func joined(
        _ objects: [CachedObject], kind: String, _ apiVersion: String, _ metadata: JSONValue
    ) -> ResponseBody {
        let head =
            Array(#"{"kind":"\#(kind)","apiVersion":"\#(apiVersion)","metadata":"#.utf8) + metadata.serialized()
            + Array(#","items":["#.utf8)
        let commas = max(0, objects.count - 1)
        let size = objects.reduce(head.count + commas + 2) { $0 + $1.bytes.count }
        return ResponseBody(contentLength: size) { writer in
            var pieces = PieceWriter()
            try await pieces.write(head, to: &writer)
            for (index, object) in objects.enumerated() {
                if index > 0 { try await pieces.write(CollectionOfOne(UInt8(ascii: ",")), to: &writer) }
                try await pieces.write(object.bytes, to: &writer)
            }
            try await pieces.write("]}".utf8, to: &writer)
            try await pieces.finish(&writer)
        }
    }

    struct Page: Sendable {
        var objects: [CachedObject]
        var revision: Revision
        var next: ContinueToken?
        var remaining = 0
    }

    private func page(_ call: Call, _ filter: ListFilter, _ limit: Int) async throws -> Page {
        let request = call.request
        let versionText = request.first("resourceVersion")
        let version = versionText.isEmpty ? nil : try Self.resourceVersion(versionText)
        let snapshot: WatchCache.Snapshot
        var after: String?
        if let text = request.query["continue"]?.first, !text.isEmpty {
            guard version == nil || version == 0 else {
                throw StatusError.badRequest("specifying resource version is not allowed when using continue")
            }
            let token = try ContinueToken(text)
            after = call.definition.storagePrefix + token.start
            snapshot = try pages(call, token)
        } else {
            snapshot = try await start(call, version)
        }
        var candidates = filter.range(snapshot.objects)
        if let after {
            let start = candidates.partitioningIndex { after.utf8.lexicographicallyPrecedes($0.key.utf8) }
            candidates = candidates[start...]
        }
        if limit == 0 {
            let found = filter.isTrivial ? Array(candidates) : try candidates.filter(filter.checked)
            return Page(objects: found, revision: snapshot.revision)
        }
        var found: [CachedObject] = []
        var position = candidates.startIndex
        while position < candidates.endIndex, found.count < limit {
            if try filter.checked(candidates[position]) { found.append(candidates[position]) }
            position += 1
        }
        let rest = candidates[position...]
        guard let last = found.last, filter.isTrivial ? !rest.isEmpty : try rest.contains(where: filter.checked) else {
            return Page(objects: found, revision: snapshot.revision)
        }
        cache.keep(snapshot, of: call.definition)
        let start = String(last.key.dropFirst(call.definition.storagePrefix.count))
        return Page(
            objects: found, revision: snapshot.revision,
            next: ContinueToken(revision: snapshot.revision, start: start), remaining: rest.count)
    }

    /// The state that a list without a continue token shows.
    private func start(_ call: Call, _ version: Revision?) async throws -> WatchCache.Snapshot {
        let match = call.request.first("resourceVersionMatch")
        switch version {
        case nil: try await cache.catchUp()
        case 0?: break
        case let version?: try await waitFor(version, call.request.first("resourceVersion"))
        }
        if match == "Exact", let version {
            guard let snapshot = cache.snapshot(call.definition, at: version) else {
                throw StatusError.expired("The provided resource version is too old: \(version)")
            }
            return snapshot
        }
        return cache.snapshot(call.definition)
    }

    private func pages(_ call: Call, _ token: ContinueToken) throws -> WatchCache.Snapshot {
        guard token.revision != -1 else { return cache.snapshot(call.definition) }
        guard let snapshot = cache.snapshot(call.definition, at: token.revision) else {
            throw StatusError.expired(
                "The provided continue parameter is too old to display a consistent list result. You can start a new "
                    + "list without the continue parameter, or use the continue token in this response to retrieve the "
                    + "remainder of the results. Continuing with the provided token results in an inconsistent list - "
                    + "objects that were created, modified, or deleted between the time the first chunk was returned "
                    + "and now may show up in the list.", continue: ContinueToken(revision: -1, start: token.start).text
            )
        }
        return snapshot
    }
}
