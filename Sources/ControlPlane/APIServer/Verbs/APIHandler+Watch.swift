import APIObjects
import HTTPTypes
import Hummingbird
import JSONStream
import KubeSchema
import ObjectStore

extension APIHandler {
    /// Seconds between bookmarks, as upstream sends them about once a minute.
    private static let bookmarkInterval = 55

    func watch(_ call: Call, _ http: Request) async throws -> Response {
        let plan = try await WatchPlan(call, self)
        let mediaType = call.representation.watchMediaType
        return Response(
            status: .ok,
            headers: [.contentType: mediaType, .cacheControl: "no-cache, private"],
            body: ResponseBody { writer in
                try await run(plan, http, &writer)
                try await writer.finish(nil)
            })
    }

    private func run(_ plan: WatchPlan, _ http: Request, _ writer: inout any ResponseBodyWriter) async throws {
        var encoder = WatchEncoder(plan.call)
        guard
            case .open(let id, let replay, let snapshot, let stream) = cache.watch(
                plan.call.definition, from: plan.start)
        else {
            try await send(encoder.error(plan.tooOld), &writer)
            return
        }
        defer { cache.endWatch(plan.call.definition, id: id) }
        let cache = cache
        let definition = plan.call.definition
        let end: @Sendable () -> Void = { cache.endWatch(definition, id: id) }
        if plan.call.isStreamOfConnection {
            // With HTTP/2 the client's side of a stream ends with its request; what counts is the stream's own end.
            plan.call.channel.closeFuture.whenComplete { _ in end() }
            try await send(snapshot, replay, stream, plan, &encoder, &writer)
        } else {
            try await http.body.consumeWithInboundCloseHandler(
                { _ in try await send(snapshot, replay, stream, plan, &encoder, &writer) }, onInboundClosed: end)
        }
    }

    private func send(
        _ snapshot: WatchCache.Snapshot?, _ replay: [WatchCache.Event], _ stream: WatchCache.Watch, _ plan: WatchPlan,
        _ encoder: inout WatchEncoder, _ writer: inout any ResponseBodyWriter
    ) async throws {
        try await send(snapshot, plan, &encoder, &writer)
        for event in replay { try await send(event, plan, &encoder, &writer) }
        try await follow(stream, plan, &encoder, &writer)
    }

    /// The objects that there are, in pieces of some size, and the bookmark behind them.
    private func send(
        _ snapshot: WatchCache.Snapshot?, _ plan: WatchPlan, _ encoder: inout WatchEncoder,
        _ writer: inout any ResponseBodyWriter
    ) async throws {
        guard let snapshot else { return }
        var pieces = PieceWriter()
        for object in plan.filter.range(snapshot.objects) where plan.filter.matches(object) {
            try await encoder.event(.added, object, self).write(to: &pieces, &writer)
        }
        if plan.endsInitialEvents {
            try await encoder.bookmark(snapshot.revision, endsInitialEvents: true).write(to: &pieces, &writer)
        }
        try await pieces.flush(&writer)
    }

    private func send(_ frame: WatchFrame, _ writer: inout any ResponseBodyWriter) async throws {
        var pieces = PieceWriter()
        try await frame.write(to: &pieces, &writer)
        try await pieces.flush(&writer)
    }

    private func send(
        _ event: WatchCache.Event, _ plan: WatchPlan, _ encoder: inout WatchEncoder,
        _ writer: inout any ResponseBodyWriter
    ) async throws {
        guard let (kind, object) = plan.visible(event) else { return }
        try await send(try encoder.event(kind, object, self), &writer)
    }

    private func follow(
        _ stream: WatchCache.Watch, _ plan: WatchPlan, _ encoder: inout WatchEncoder,
        _ writer: inout any ResponseBodyWriter
    ) async throws {
        var ticks = 0
        for await signal in stream {
            switch signal {
            case .event(let event):
                try await send(event, plan, &encoder, &writer)
            case .tick(let revision):
                ticks += 1
                let isOver = ticks >= plan.timeout
                if plan.allowsBookmarks, isOver || ticks % Self.bookmarkInterval == 0 {
                    try await send(encoder.bookmark(revision, endsInitialEvents: false), &writer)
                }
                if isOver { return }
            }
        }
    }
}

/// How one watch is to run.
struct WatchPlan: Sendable {
    let call: Call
    let filter: ListFilter
    let start: WatchCache.Start
    let allowsBookmarks: Bool
    let endsInitialEvents: Bool
    /// Seconds.
    let timeout: Int
    let tooOld: StatusError

    init(_ call: Call, _ handler: APIHandler) async throws {
        self.call = call
        filter = try ListFilter(call)
        let request = call.request
        allowsBookmarks = request.flag("allowWatchBookmarks")
        let versionText = request.first("resourceVersion")
        let version = versionText.isEmpty ? 0 : try Self.version(versionText)
        let sendsInitial = request.query["sendInitialEvents"] == nil ? nil : request.flag("sendInitialEvents")
        try Self.validate(sendsInitial, request.first("resourceVersionMatch"))
        let wanted = Int(clamping: try request.integer("timeoutSeconds") ?? 0)
        _ = try request.integer("limit")
        // Spread, so that the clients of a server do not all come back at once.
        timeout = wanted > 0 ? wanted : Int.random(in: 1800...3600)
        endsInitialEvents = sendsInitial == true && allowsBookmarks
        if version > 0 {
            try await handler.waitFor(version, versionText)
        } else if versionText.isEmpty {
            try await handler.cache.catchUp()
        }
        if sendsInitial == true || (sendsInitial == nil && version == 0) {
            start = .snapshot
        } else {
            start = .after(version == 0 ? handler.cache.revision : version)
        }
        tooOld = .expired("too old resource version: \(version)")
    }

    /// What is no number fails later upstream than in a list, and without a reason.
    private static func version(_ text: String) throws -> Revision {
        do {
            return try APIHandler.resourceVersion(text)
        } catch {
            throw StatusError(
                code: 500, reason: "",
                message: "resourceVersion: Invalid value: \"\(text)\": strconv.ParseUint: parsing "
                    + "\"\(text)\": invalid syntax")
        }
    }

    private static func validate(_ sendsInitial: Bool?, _ match: String) throws {
        var errors: [FieldError] = []
        if sendsInitial != nil, match != "NotOlderThan" {
            errors.append(
                .forbidden(
                    FieldPath("resourceVersionMatch"),
                    "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"))
        }
        if sendsInitial == nil, !match.isEmpty {
            errors.append(
                .forbidden(
                    FieldPath("resourceVersionMatch"),
                    "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"))
        }
        guard errors.isEmpty else {
            throw StatusError.invalid(kind: "ListOptions", group: "meta.k8s.io", name: "", errors)
        }
    }

    /// What a change is to this watcher: an object that comes to match is added, one that no longer does is deleted.
    func visible(_ event: WatchCache.Event) -> (ObjectEvent.Kind, CachedObject)? {
        let matched = event.previous.map(filter.matches) ?? false
        if event.kind == .deleted { return matched ? (.deleted, event.object) : nil }
        switch (matched, filter.matches(event.object)) {
        case (_, true): return (matched ? .modified : .added, event.object)
        case (true, false):
            guard let previous = event.previous else { return nil }
            let form = call.definition.storedForm
            return (
                .deleted,
                CachedObject(
                    key: previous.key, revision: event.revision,
                    bytes: form.rewrite(previous.bytes, revision: event.revision), facts: previous.facts)
            )
        case (false, false): return nil
        }
    }
}

/// The frames of a watch: one JSON object a line.
struct WatchEncoder {
    private let call: Call
    private var hasSentColumns = false

    init(_ call: Call) { self.call = call }

    mutating func event(
        _ kind: ObjectEvent.Kind, _ object: CachedObject, _ handler: APIHandler
    ) throws -> WatchFrame {
        if call.representation.sendsStoredBytes(of: call.definition) {
            return frame(kind.rawValue, object.bytes)
        }
        let served = try handler.served(object, call.definition)
        let shaped: JSONValue
        switch call.representation.shape {
        case .object: shaped = served
        case .partialMetadata, .partialMetadataList: shaped = Shapes.partialMetadata(served)
        case .table:
            shaped = Shapes.table(
                [served], call.definition, includeObject: call.request.first("includeObject"),
                metadata: ["resourceVersion": .string(String(object.revision))], withColumns: !hasSentColumns)
            hasSentColumns = true
        }
        return frame(kind.rawValue, call.representation.versioned(shaped))
    }

    func bookmark(_ revision: Revision, endsInitialEvents: Bool) -> WatchFrame {
        var metadata: JSONValue = ["resourceVersion": .string(String(revision)), "creationTimestamp": .null]
        if endsInitialEvents { metadata["annotations"] = ["k8s.io/initial-events-end": "true"] }
        let object: JSONValue
        switch call.representation.shape {
        case .object:
            object = [
                "kind": .string(call.definition.kind), "apiVersion": .string(call.definition.apiVersion),
                "metadata": metadata,
            ]
        case .partialMetadata, .partialMetadataList:
            object = ["kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": metadata]
        case .table:
            // The columns stand in a row's object, which carries the version.
            object = [
                "kind": "Table", "apiVersion": "meta.k8s.io/v1",
                "metadata": ["resourceVersion": .string(String(revision))], "columnDefinitions": [],
                "rows": [
                    [
                        "cells": [],
                        "object": [
                            "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": metadata,
                        ],
                    ]
                ],
            ]
        }
        return frame("BOOKMARK", call.representation.versioned(object))
    }

    func error(_ error: StatusError) -> WatchFrame { frame("ERROR", error.json) }

    private func frame(_ kind: String, _ object: JSONValue) -> WatchFrame {
        if call.representation.isProtobuf, let frame = ProtobufEnvelope.frame(kind, object) {
            return WatchFrame(object: frame)
        }
        return frame(kind, object.serialized())
    }

    private func frame(_ kind: String, _ object: [UInt8]) -> WatchFrame {
        WatchFrame(head: #"{"type":"\#(kind)","object":"#, object: object, tail: "}\n")
    }
}

/// One event as it is sent. The object's bytes are those that all watchers share.
struct WatchFrame {
    var head = ""
    var object: [UInt8]
    var tail = ""

    func write(to pieces: inout PieceWriter, _ writer: inout any ResponseBodyWriter) async throws {
        try await pieces.write(head.utf8, to: &writer)
        try await pieces.write(object, to: &writer)
        try await pieces.write(tail.utf8, to: &writer)
    }
}
