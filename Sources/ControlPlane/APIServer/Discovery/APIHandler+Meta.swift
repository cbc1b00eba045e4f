import APIObjects
import APIResources
import APISecurity
import Hummingbird
import JSONStream
import PrometheusMetrics

/// Paths that are no resources: discovery, versions, health, OpenAPI.
extension APIHandler {
    func meta(_ request: APIRequest) async throws -> Response {
        let path = request.path
        guard request.method == .get || request.method == .head else {
            // A kind that is not served is not there for any method.
            let isOfKind = path.count > 2 && ["api", "apis"].contains(path[0])
            if isOfKind { return Self.text("404 page not found\n", code: 404) }
            throw StatusError.methodNotAllowed
        }
        switch path.first {
        case "healthz"?, "livez"?, "readyz"?:
            let answer = await health.answer(
                path, isVerbose: request.flag("verbose"), excluded: request.query["exclude"] ?? [])
            if let answer { return Self.text(answer.text, code: answer.code) }
        case "metrics"? where path.count == 1:
            return Self.bytes(Array(metrics.registry.exposition().utf8), mediaType: MetricsRegistry.contentType)
        case ".well-known"? where path == [".well-known", "openid-configuration"]:
            if let keys = security.serviceAccounts?.keys { return Self.json(keys.discovery) }
        case "openid"? where path == ["openid", "v1", "jwks"]:
            if let keys = security.serviceAccounts?.keys {
                return Self.bytes(keys.keySet.serialized(), mediaType: "application/jwk-set+json")
            }
        case "version"? where path.count == 1: return Self.json(ServerVersion.json)
        case "api"?, "apis"?:
            if let answer = try discovery(request) { return answer }
        case "openapi"?:
            if let answer = try openAPI(request) { return answer }
        case nil:
            return Self.json(["paths": .array(rootPaths.map { .string($0) })])
        default: break
        }
        return Self.text("404 page not found\n", code: 404)
    }

    private var rootPaths: [String] {
        var paths = ["/api", "/api/v1", "/apis"]
        for (group, versions) in registry.groups where !group.isEmpty {
            paths.append("/apis/\(group)")
            paths += versions.map { "/apis/\(group)/\($0)" }
        }
        return paths + [
            "/.well-known/openid-configuration", "/healthz", "/livez", "/metrics", "/openapi/v2", "/openapi/v3",
            "/openid/v1/jwks", "/readyz", "/version",
        ]
    }

    private func discovery(_ request: APIRequest) throws -> Response? {
        let path = request.path
        let discovery = Discovery(registry: registry, hasMetrics: path == ["apis"] && servesMetrics)
        if path.count == 1, let version = Self.aggregatedVersion(request.accept) {
            let list = discovery.aggregated(core: path[0] == "api", version: version)
            return Self.bytes(
                list.serialized(),
                mediaType: "application/json;g=apidiscovery.k8s.io;v=\(version);as=APIGroupDiscoveryList")
        }
        let document: JSONValue? =
            switch path.count {
            case 1: path[0] == "api" ? discovery.versions : discovery.groups
            case 2: path[0] == "api" ? discovery.resources(group: "", version: path[1]) : discovery.group(path[1])
            case 3 where path[0] == "apis": discovery.resources(group: path[1], version: path[2])
            default: nil
            }
        guard let document else { return nil }
        guard let representation = Representation.negotiateWhole(request.accept) else {
            throw StatusError.notAcceptable
        }
        return Self.answer(document, representation)
    }

    private static func aggregatedVersion(_ accept: String) -> String? {
        for type in MediaType.list(accept) where type.name == "application/json" {
            guard type.parameters["as"] == "APIGroupDiscoveryList" else { return nil }
            if let version = type.parameters["v"], ["v2", "v2beta1"].contains(version) { return version }
        }
        return nil
    }

    private func openAPI(_ request: APIRequest) throws -> Response? {
        let path = request.path
        let document = OpenAPI(registry: registry)
        if path == ["openapi", "v2"] { return try openAPIVersion2(document, accept: request.accept) }
        guard path.count >= 2, path[1] == "v3" else { return nil }
        if path.count == 2 { return Self.json(document.index) }
        return document.version3(path[2...].joined(separator: "/")).map { Self.json($0) }
    }

    /// kubectl before 1.27 reads nothing but protobuf here, and later ones too when there is no v3.
    private func openAPIVersion2(_ document: OpenAPI, accept: String) throws -> Response {
        switch OpenAPIForm.negotiate(accept) {
        case .json?: return Self.json(document.version2)
        case .protobuf?:
            return Self.bytes(OpenAPIProtobuf.document(document.version2), mediaType: OpenAPIForm.protobufMediaType)
        case nil: throw StatusError.notAcceptable
        }
    }
}

/// What `/version` tells.
enum ServerVersion {
    static let json: JSONValue = [
        "major": "1", "minor": "36", "gitVersion": "v1.36.2+viaduct", "gitCommit": "", "gitTreeState": "clean",
        "buildDate": "1970-01-01T00:00:00Z", "goVersion": "", "compiler": "swift", "platform": "linux",
    ]
}
