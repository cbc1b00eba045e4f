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

/// A request for what a pod, a Service or a node serves, through the API server.
struct ProxiedRequest: Sendable {
    let handler: APIHandler
    let forwarder: NodeForwarder
    let wanted: ForwardedRequest

    func answer(_ request: APIRequest, _ http: Request, _ channel: any Channel) async throws -> Response {
        var place = try place()
        // Relative links of a page count from the last slash.
        if wanted.rest.isEmpty, [.get, .head].contains(request.method), !NodeForwarder.isUpgrade(http) {
            let query = (http.head.path ?? "").split(separator: "?", maxSplits: 1).dropFirst().first.map { "?" + $0 }
            return Response(
                status: .movedPermanently, headers: [.location: request.rawPath + "/" + (query ?? "")])
        }
        place.target = wanted.rest.isEmpty ? "/" : wanted.rest
        if let query = (http.head.path ?? "").split(separator: "?", maxSplits: 1).dropFirst().first {
            place.target += "?" + query
        }
        if NodeForwarder.isUpgrade(http) { return try await forwarder.handOver(channel, http, to: place) }
        let answer = try await forwarder.ask(http, place)
        return try await response(answer, request, place)
    }

    // MARK: Where

    private func place() throws -> NodeForwarder.Place {
        let (scheme, name, port) = wanted.parts
        guard ["", "http", "https"].contains(scheme) else {
            throw StatusError.badRequest("invalid \(wanted.kind.rawValue) request \"\(wanted.name)\"")
        }
        switch wanted.kind {
        case .pods: return try pod(scheme, name, port)
        case .services: return try service(scheme, name, port)
        case .nodes:
            let agent = try handler.agent(name, [], [])
            guard let number = Int(port), number != agent.port else { return agent }
            return try checked(scheme == "https", agent.host, number)
        }
    }

    private func checked(_ isSecure: Bool, _ host: String, _ port: Int) throws -> NodeForwarder.Place {
        // Nobody comes to this host's own services, or to a cloud's, by this way.
        guard let address = IPAddress(host), !address.isLoopback, !address.isLinkLocal, !address.isUnspecified else {
            throw StatusError(code: 403, reason: "Forbidden", message: "address not allowed")
        }
        guard (1...65535).contains(port) else {
            throw StatusError.badRequest("invalid port in the request for \"\(wanted.name)\"")
        }
        return NodeForwarder.Place(isSecure: isSecure, host: host, port: port, target: "/")
    }

    private func pod(_ scheme: String, _ name: String, _ port: String) throws -> NodeForwarder.Place {
        guard let pod = handler.admission.find(.pods, wanted.namespace, name) else {
            throw StatusError.notFound(.pods, name)
        }
        let ports = (pod["spec"]?.items("containers") ?? []).flatMap { $0.items("ports") }
        let named = ports.first { $0.text("name") == port }?["containerPort"]?.integerValue
        let number =
            port.isEmpty ? ports.first?["containerPort"]?.integerValue ?? 80 : Int64(port) ?? named ?? 0
        return try checked(scheme == "https", pod["status"]?.text("podIP") ?? "", Int(clamping: number))
    }

    private func service(_ scheme: String, _ name: String, _ port: String) throws -> NodeForwarder.Place {
        guard let service = handler.admission.find(.services, wanted.namespace, name) else {
            throw StatusError.notFound(.services, name)
        }
        let ports = service["spec"]?.items("ports") ?? []
        let chosen: JSONValue?
        if port.isEmpty {
            chosen = ports.count == 1 ? ports.first : ports.first { $0.text("name").isEmpty }
        } else {
            chosen = ports.first { $0.text("name") == port || $0["port"]?.integerValue == Int64(port) }
        }
        guard let chosen else {
            throw StatusError(
                code: 503, reason: "ServiceUnavailable",
                message: "no service port \"\(port)\" found for service \"\(name)\"")
        }
        let slices = handler.admission.all(.endpointSlices, wanted.namespace).filter {
            $0["metadata"]?["labels"]?["kubernetes.io/service-name"]?.stringValue == name
        }
        var choices: [(String, Int)] = []
        for slice in slices {
            let found = slice.items("ports").first { $0.text("name") == chosen.text("name") }
            guard let number = found?["port"]?.integerValue else { continue }
            for endpoint in slice.items("endpoints") where endpoint["conditions"]?["ready"]?.boolValue != false {
                guard let address = endpoint.items("addresses").first?.stringValue else { continue }
                choices.append((address, Int(number)))
            }
        }
        guard let choice = choices.randomElement() else {
            throw StatusError(
                code: 503, reason: "ServiceUnavailable", message: "no endpoints available for service \"\(name)\"")
        }
        return try checked(scheme == "https", choice.0, choice.1)
    }

    // MARK: The answer

    private func response(
        _ answer: HTTPClientResponse, _ request: APIRequest, _ place: NodeForwarder.Place
    ) async throws -> Response {
        let links = ProxiedLinks(
            prefix: String(request.rawPath.dropLast(wanted.rest.utf8.count)), host: place.authority)
        var headers: HTTPFields = [:]
        for (name, value) in answer.headers {
            guard let field = HTTPField.Name(name), NodeForwarder.isPassed(name) || field == .contentLength else {
                continue
            }
            headers.append(HTTPField(name: field, value: field == .location ? links.location(value) : value))
        }
        let status = HTTPResponse.Status(code: Int(answer.status.code))
        let isPage = (headers[.contentType] ?? "").lowercased().hasPrefix("text/html")
        // Compressed pages are not looked into.
        guard isPage, headers[.contentEncoding] == nil, request.method == .get else {
            headers[.contentLength] = nil
            return Response(status: status, headers: headers, body: NodeForwarder.body(answer))
        }
        let page = try await answer.body.collect(upTo: ProxiedLinks.longestPage)
        headers[.contentLength] = nil
        return Response(
            status: status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: links.page(Array(page.readableBytesView)))))
    }
}
