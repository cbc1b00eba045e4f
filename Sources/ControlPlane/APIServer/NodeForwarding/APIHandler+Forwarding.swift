import APIObjects
import APIPods
import APIResources
import AsyncHTTPClient
import HTTPTypes
import Hummingbird
import JSONStream
import NIOCore
import NIOHTTP1
import NetworkAddress

extension APIHandler {
    /// Answers what nodes, pods and Services answer; nil for everything else, and where there is no forwarder.
    func forward(
        _ request: APIRequest, _ http: Request, _ channel: any Channel
    ) async throws -> Response? {
        guard let forwarder, let wanted = ForwardedRequest(request.path, raw: request.rawPath) else { return nil }
        try await cache.catchUp()
        switch wanted.part {
        case .proxy:
            return try await ProxiedRequest(handler: self, forwarder: forwarder, wanted: wanted)
                .answer(request, http, channel)
        case .log, .exec, .attach, .portforward:
            guard let pod = admission.find(.pods, wanted.namespace, wanted.name) else {
                throw StatusError.notFound(.pods, wanted.name)
            }
            if wanted.part == .log {
                guard request.method == .get else { throw StatusError.methodNotAllowed }
                return try await log(wanted, pod, request, http, forwarder)
            }
            return try await session(wanted, pod, request, http, channel, forwarder)
        }
    }

    /// The agent of a node, with a path on it.
    /// - Throws: ``StatusError`` if nobody knows where it is.
    func agent(_ node: String, _ path: [String], _ query: [(String, String)]) throws -> NodeForwarder.Place {
        guard let object = admission.find(.nodes, "", node) else { throw StatusError.notFound(.nodes, node) }
        let status = object["status"] ?? [:]
        let addresses = status.items("addresses")
        let wanted = ["InternalIP", "ExternalIP", "Hostname"].lazy.compactMap { type in
            addresses.first { $0.text("type") == type }?.text("address")
        }.first
        guard let host = wanted else {
            throw StatusError.internalError("no preferred addresses found; known addresses: []")
        }
        if isSimulated(node) {
            throw StatusError(
                code: 501, reason: "NotImplemented",
                message: "node \"\(node)\" is simulated: there is no agent that could answer")
        }
        let port = status["daemonEndpoints"]?["kubeletEndpoint"]?["Port"]?.integerValue ?? 10250
        var target = path.map { "/" + Self.escaped($0) }.joined()
        for (index, item) in query.enumerated() {
            target += (index == 0 ? "?" : "&") + Self.escaped(item.0) + "=" + Self.escaped(item.1)
        }
        return NodeForwarder.Place(isSecure: true, host: host, port: Int(port), target: target)
    }

    /// Whether there is no machine of this name.
    private func isSimulated(_ node: String) -> Bool {
        admission.find(.nodes, "", node)?["metadata"]?["labels"]?["viaduct.io/simulated"] != nil
    }

    static func escaped(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default: result += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
        return result
    }

    // MARK: Pods

    /// The container that is meant.
    private func container(_ pod: JSONValue, _ name: String, _ given: String) throws -> String {
        let spec = pod["spec"] ?? [:]
        let names = (spec.items("containers") + spec.items("initContainers") + spec.items("ephemeralContainers"))
            .map { $0.text("name") }
        if !given.isEmpty {
            guard names.contains(given) else {
                throw StatusError.badRequest("container \(given) is not valid for pod \(name)")
            }
            return given
        }
        let usual = spec.items("containers").map { $0.text("name") }
        if names.count == 1, let only = names.first { return only }
        if let chosen = pod["metadata"]?["annotations"]?["kubectl.kubernetes.io/default-container"]?.stringValue,
            names.contains(chosen)
        {
            return chosen
        }
        let initial = spec.items("initContainers").map { $0.text("name") }
        let others = initial.isEmpty ? "" : " or one of the init containers: [\(initial.joined(separator: " "))]"
        throw StatusError.badRequest(
            "a container name must be specified for pod \(name), choose one of: [\(usual.joined(separator: " "))]\(others)"
        )
    }

    private func log(
        _ wanted: ForwardedRequest, _ pod: JSONValue, _ request: APIRequest, _ http: Request,
        _ forwarder: NodeForwarder
    ) async throws -> Response {
        let container = try container(pod, wanted.name, request.first("container"))
        let node = pod["spec"]?.text("nodeName") ?? ""
        let headers: HTTPFields = [.contentType: "text/plain"]
        // As upstream: there is nothing yet.
        guard !node.isEmpty else { return Response(status: .ok, headers: headers) }
        if isSimulated(node) {
            let text = "pod \(wanted.name) is simulated: there is no container that could write a log\n"
            return Response(
                status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
        }
        let names = [
            "follow", "previous", "sinceSeconds", "sinceTime", "timestamps", "tailLines", "limitBytes", "stream",
        ]
        let query = names.flatMap { name in (request.query[name] ?? []).prefix(1).map { (name, $0) } }
        let place = try agent(node, ["containerLogs", wanted.namespace, wanted.name, container], query)
        let answer = try await forwarder.ask(http, place, passesBody: false)
        guard answer.status == .ok else { throw try await Self.failure(answer) }
        return Response(status: .ok, headers: headers, body: NodeForwarder.body(answer))
    }

    /// What an agent refuses, in its words.
    private static func failure(_ answer: HTTPClientResponse) async throws -> StatusError {
        let text = String(buffer: (try? await answer.body.collect(upTo: 64 << 10)) ?? ByteBuffer())
        let message = String(text.prefix(4096)).split(separator: "\n").joined(separator: " ")
        let code = Int(answer.status.code)
        let reasons = [400: "BadRequest", 403: "Forbidden", 404: "NotFound"]
        return StatusError(
            code: code, reason: reasons[code] ?? "InternalError",
            message: message.isEmpty ? "the node agent answered \(code)" : message)
    }

    private func session(
        _ wanted: ForwardedRequest, _ pod: JSONValue, _ request: APIRequest, _ http: Request, _ channel: any Channel,
        _ forwarder: NodeForwarder
    ) async throws -> Response {
        guard request.method == .get || request.method == .post else { throw StatusError.methodNotAllowed }
        guard NodeForwarder.isUpgrade(http) else { throw StatusError.badRequest("Upgrade request required") }
        let node = pod["spec"]?.text("nodeName") ?? ""
        guard !node.isEmpty else {
            throw StatusError.badRequest("pod \(wanted.name) does not have a host assigned")
        }
        var query: [(String, String)] = []
        var path = [wanted.namespace, wanted.name]
        if wanted.part == .portforward {
            path.insert("portForward", at: 0)
            query = (request.query["ports"] ?? []).map { ("port", $0) }
        } else {
            path.insert(wanted.part.rawValue, at: 0)
            path.append(try container(pod, wanted.name, request.first("container")))
            for (name, other) in [("stdin", "input"), ("stdout", "output"), ("stderr", "error"), ("tty", "tty")]
            where request.flag(name) { query.append((other, "1")) }
            if wanted.part == .exec { query += (request.query["command"] ?? []).map { ("command", $0) } }
        }
        return try await forwarder.handOver(channel, http, to: agent(node, path, query))
    }
}
