import APIObjects
import APIResources
import APISecurity
import HTTPTypes
import Hummingbird
import JSONStream
import KubeAPI
import Logging
import NIOCore
import NIOHTTP1
import ObjectStore

/// Answers API requests. The verbs are in extensions, one file each.
struct APIHandler: Sendable {
    let kinds: KindRegistry
    /// What is served at this moment.
    var registry: ResourceRegistry { kinds.current }
    let store: any ObjectStore
    let cache: WatchCache
    let allocators: Allocators
    var claims: AllocationClaims { AllocationClaims(cache: cache) }
    let admission: AdmissionContext
    let authorizer: Authorizer
    let security: SecurityServices
    let limits: ServerLimits
    let eventLifetime: Duration
    let metrics: ServerMetrics
    let health: HealthChecks
    /// Nil: there is no way to nodes and pods.
    var forwarder: NodeForwarder?
    let logger: Logger
    /// Of writers into namespaces with quotas.
    let turns = NamespaceTurns()

    /// Answers a request that is allowed to the user.
    /// - Parameter channel: what the request came on: a connection, or a stream of one.
    func answer(
        _ request: APIRequest, _ http: Request, _ user: UserInfo, _ channel: any Channel
    ) async throws -> Response {
        if let response = try await forward(request, http, channel) { return response }
        if let response = try await resourceMetrics(request, http) { return response }
        switch RequestTarget(request.path, registry) {
        case .resource(let target): return try await dispatch(target, request, http, user, channel)
        case .unknownResource: throw MissingParts.problem(of: request.path) ?? StatusError.unknownResource
        case .other:
            if let problem = MissingParts.problem(of: request.path) { throw problem }
            return try await meta(request)
        }
    }

    /// What a failure is answered with.
    func failure(_ error: any Error, path: String) -> StatusError {
        switch error {
        case let error as StatusError: return error
        case is CancellationError:
            return StatusError(code: 503, reason: "ServiceUnavailable", message: "the server is stopping")
        case StoreError.tooLarge(let why):
            return StatusError(
                code: 413, reason: "RequestEntityTooLarge", message: "Request entity too large: \(why)")
        case StoreError.timedOut: return .timeout
        // Clients that know other servers ask those.
        case StoreError.unavailable:
            logger.error("a request failed", metadata: ["path": "\(path)", "error": "\(error)"])
            return StatusError(code: 503, reason: "ServiceUnavailable", message: "\(error)")
        default:
            logger.error("a request failed", metadata: ["path": "\(path)", "error": "\(error)"])
            return .internalError("\(error)")
        }
    }

    private func dispatch(
        _ target: RequestTarget.Resource, _ request: APIRequest, _ http: Request, _ user: UserInfo,
        _ channel: any Channel
    ) async throws -> Response {
        if target.definition.kind == "ComponentStatus" { return try componentStatus(target, request, user, channel) }
        guard target.definition.isStored else { return try await review(target, request, user, http, channel) }
        let subresource = target.definition.subresource(target.subresource)
        guard target.subresource.isEmpty || subresource != nil else {
            throw MissingParts.problem(of: request.path) ?? StatusError.unknownResource
        }
        guard let representation = Representation.negotiate(request.accept) else { throw StatusError.notAcceptable }
        let call = Call(
            target: target, request: request, representation: representation, user: user, channel: channel)
        if let subresource {
            return try await answer(subresource, call, http)
        }
        switch (request.method, target.name.isEmpty) {
        case (.get, true):
            return try await request.flag("watch") ? watch(call, http) : list(call)
        case (.get, false):
            // As upstream: only collections are watched, `watch` says nothing of one object.
            return try await get(call)
        case (.post, true) where target.definition.isNamespaced == !target.namespace.isEmpty:
            return try await create(call, body: try await body(http))
        case (.delete, true)
        where target.definition.canDeleteCollection && target.definition.isNamespaced == !target.namespace.isEmpty:
            return try await deleteCollection(call, body: try await body(http))
        case (.put, false):
            return try await update(call, body: try await body(http))
        case (.patch, false):
            return try await patch(call, body: try await body(http))
        case (.delete, false):
            return try await delete(call, body: try await body(http))
        default:
            throw StatusError.methodNotAllowed
        }
    }

    /// How long the store is to keep an object of a kind; nil: until somebody removes it, as `EventExpiry` does with Events
    /// where one server has the store.
    func lifetime(of definition: ResourceDefinition) -> Duration? {
        guard store.isShared, eventLifetime > .zero else { return nil }
        return definition.storagePrefix == ResourceDefinition.events.storagePrefix ? eventLifetime : nil
    }

    func body(_ http: Request) async throws -> [UInt8] {
        do {
            return Array(buffer: try await http.body.collect(upTo: limits.bodySize))
        } catch is NIOTooManyBytesError {
            throw StatusError(
                code: 413, reason: "RequestEntityTooLarge",
                message: "Request entity too large: limit is \(limits.bodySize)")
        } catch is HTTPParserError {
            // Nobody reads the answer; the client is gone.
            throw StatusError.badRequest("the body of the request ended early")
        }
    }
}

/// One request for one resource.
struct Call: Sendable {
    var target: RequestTarget.Resource
    var request: APIRequest
    var representation: Representation
    var user: UserInfo
    var channel: any Channel

    var definition: ResourceDefinition { target.definition }

    /// What a table's rows carry besides their cells.
    func includeObject() throws(StatusError) -> String {
        let included = request.first("includeObject")
        guard ["", "Metadata", "Object", "None"].contains(included) else {
            throw .badRequest(
                "Unable to convert to Table as requested: includeObject: Invalid value: \"\(included)\": must be "
                    + "'Metadata', 'Object', 'None', or empty")
        }
        return included
    }

    /// Whether ``channel`` is one of several streams of a connection (HTTP/2).
    var isStreamOfConnection: Bool { Connection.current.map { !$0.isOn(channel) } ?? false }
}

// MARK: Answers

extension APIHandler {
    /// - Parameter accept: what the client takes; JSON where that is nothing that there is.
    static func status(_ error: StatusError, accept: String) -> Response {
        var response = answer(error.json, Representation.negotiateWhole(accept) ?? .json, code: error.code)
        if let seconds = error.details?.retryAfterSeconds, seconds > 0 { response.headers[.retryAfter] = "\(seconds)" }
        return response
    }

    static func json(_ value: JSONValue, code: Int = 200, warnings: [String] = []) -> Response {
        bytes(value.serialized(), code: code, warnings: warnings)
    }

    static func bytes(
        _ bytes: [UInt8], code: Int = 200, mediaType: String = "application/json", warnings: [String] = []
    ) -> Response {
        RequestWork.current?.hold(bytes.count > pieceSize ? bytes.count : 0)
        return respond(inPieces([bytes]), code: code, mediaType: mediaType, warnings: warnings)
    }

    /// Bytes that are written at once. What a client does not read waits in pieces of this size, not as a whole.
    static let pieceSize = 32 << 10

    /// Bytes that others may share, sent one after another without a copy of all of them.
    static func inPieces(_ parts: [[UInt8]]) -> ResponseBody {
        let size = parts.reduce(0) { $0 + $1.count }
        guard size > pieceSize else { return ResponseBody(byteBuffer: ByteBuffer(bytes: parts.joined())) }
        return ResponseBody(contentLength: size) { writer in
            var pieces = PieceWriter()
            for part in parts { try await pieces.write(part, to: &writer) }
            try await pieces.finish(&writer)
        }
    }

    static func respond(
        _ buffer: ByteBuffer, code: Int = 200, mediaType: String = "application/json", warnings: [String] = []
    ) -> Response {
        respond(ResponseBody(byteBuffer: buffer), code: code, mediaType: mediaType, warnings: warnings)
    }

    static func respond(
        _ body: ResponseBody, code: Int = 200, mediaType: String = "application/json", warnings: [String] = []
    ) -> Response {
        var headers: HTTPFields = [.contentType: mediaType, .cacheControl: "no-cache, private"]
        if let warning = HTTPField.Name("Warning") {
            for text in warnings.prefix(32) {
                let quoted = String(decoding: JSONValue.string(text).serialized(), as: UTF8.self)
                headers.append(HTTPField(name: warning, value: "299 - \(quoted)"))
            }
        }
        return Response(status: HTTPResponse.Status(code: code), headers: headers, body: body)
    }

    static func text(_ text: String, code: Int = 200) -> Response {
        Response(
            status: HTTPResponse.Status(code: code), headers: [.contentType: "text/plain; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    /// One object in the shape that the client wants.
    func object(_ object: CachedObject, _ call: Call, code: Int = 200, warnings: [String] = []) throws -> Response {
        let representation = call.representation
        if representation.sendsStoredBytes(of: call.definition) {
            return Self.respond(
                Self.inPieces([object.bytes]), code: code, mediaType: representation.mediaType, warnings: warnings)
        }
        let decoded = try served(object, call.definition)
        let shaped: JSONValue
        switch representation.shape {
        case .object: shaped = decoded
        case .partialMetadata: shaped = Shapes.partialMetadata(decoded)
        case .table:
            shaped = Shapes.table(
                [decoded], call.definition, includeObject: try call.includeObject(),
                metadata: ["resourceVersion": .string(String(object.revision))])
        case .partialMetadataList:
            throw StatusError.wrongShape(
                "you requested PartialObjectMetadataList, but the requested object is not a list "
                    + "(*\(call.definition.goPackage).\(call.definition.kind))")
        }
        return Self.answer(representation.versioned(shaped), representation, code: code, warnings: warnings)
    }

    /// The object as the definition's API version shows it.
    func served(_ object: CachedObject, _ definition: ResourceDefinition) throws -> JSONValue {
        let decoded = try object.decoded()
        return definition.conversion.map { $0.fromStorage(decoded) } ?? decoded
    }
}

/// Tables and metadata-only objects.
enum Shapes {
    static func partialMetadata(_ object: JSONValue) -> JSONValue {
        [
            "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": object["metadata"] ?? [:],
        ]
    }

    static func table(
        _ objects: [JSONValue], _ definition: ResourceDefinition, includeObject: String, metadata: JSONValue,
        withColumns: Bool = true
    ) -> JSONValue {
        let table = definition.strategy.table
        let now = Timestamp.now()
        let columns = withColumns ? table.columns.map(\.json) : []
        return [
            "kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": metadata,
            "columnDefinitions": .array(columns),
            "rows": .array(
                objects.map { object in
                    var row: JSONValue = ["cells": .array(table.cells(object, now))]
                    switch includeObject {
                    case "None": row["object"] = .null
                    case "Object": row["object"] = object
                    default: row["object"] = partialMetadata(object)
                    }
                    return row
                }),
        ]
    }
}
