import JSONStream

extension KubeClient {
    private static let accept = "application/json;as=APIGroupDiscoveryList;v=v2;g=apidiscovery.k8s.io"

    /// All kinds that the server has, in all versions.
    public func resources() async throws(APIError) -> [APIResource] {
        var found: [APIResource] = []
        for path in ["/api", "/apis"] {
            var request = APIRequest(.get, path)
            request.accept = Self.accept
            let body = try await send(request)
            guard let document = try? JSONValue(parsing: body), let groups = document["items"]?.arrayValue else {
                throw APIError(.invalidResponse("it is no APIGroupDiscoveryList"), request: describe(request))
            }
            for group in groups { found += Self.resources(ofGroup: group) }
        }
        return found
    }

    /// - Parameter group: an apidiscovery.k8s.io/v2 APIGroupDiscovery.
    static func resources(ofGroup group: JSONValue) -> [APIResource] {
        let name = group["metadata"]?["name"]?.stringValue ?? ""
        var found: [APIResource] = []
        // A kind that the first version lacks is preferred in the first that has it.
        var known: Set<String> = []
        for version in group["versions"]?.arrayValue ?? [] {
            // What an aggregated server said last may be out of date, but is better than nothing.
            let label = version["version"]?.stringValue ?? ""
            let apiVersion = name.isEmpty ? label : "\(name)/\(label)"
            for entry in version["resources"]?.arrayValue ?? [] {
                guard let plural = entry["resource"]?.stringValue,
                    let kind = entry["responseKind"]?["kind"]?.stringValue
                else { continue }
                let subresources = (entry["subresources"]?.arrayValue ?? []).compactMap {
                    $0["subresource"]?.stringValue
                }
                found.append(
                    APIResource(
                        apiVersion: apiVersion, kind: kind, plural: plural,
                        isNamespaced: entry["scope"]?.stringValue == "Namespaced",
                        verbs: Set((entry["verbs"]?.arrayValue ?? []).compactMap(\.stringValue)),
                        subresources: Set(subresources), isPreferred: known.insert(plural).inserted))
            }
        }
        return found
    }
}

extension APIRequest {
    /// Accept headers for the metadata of an object, or of the objects of a list, and nothing else.
    public static let metadataAccept = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
    public static let metadataListAccept = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
}
