import JSONStream

/// A volume of a Pod's specification.
struct VolumeDefinition: Hashable, Sendable {
    enum Source: Hashable, Sendable {
        /// Bytes; nil: no limit of its own.
        case emptyDirectory(inMemory: Bool, limit: String?)
        case hostPath(path: String, type: String)
        /// Files made of objects.
        case files([FileSource], mode: Int64)
        /// What this agent cannot bring: its kind.
        case unsupported(String)
    }

    /// A part of what is in a volume of files.
    enum FileSource: Hashable, Sendable {
        case configMap(name: String, items: [Item]?, isOptional: Bool)
        case secret(name: String, items: [Item]?, isOptional: Bool)
        case downward([DownwardItem])
        /// Seconds; an audience that is empty is the API server.
        case token(path: String, audience: String, expiration: Int64)
    }

    struct Item: Hashable, Sendable {
        var key: String
        var path: String
        var mode: Int64?
    }

    struct DownwardItem: Hashable, Sendable {
        var path: String
        var mode: Int64?
        var field: String
        var resource: JSONValue?
    }

    var name: String
    var source: Source
    /// Of kubelet's directories for volumes.
    var plugin: String

    init(_ json: JSONValue) {
        name = json.text("name")
        (source, plugin) = Self.source(json)
    }

    private static func source(_ json: JSONValue) -> (Source, String) {
        if let empty = json["emptyDir"] {
            let limit = empty["sizeLimit"].flatMap { $0.stringValue ?? $0.integerValue.map(String.init) }
            return (.emptyDirectory(inMemory: empty.text("medium") == "Memory", limit: limit), "empty-dir")
        }
        if let host = json["hostPath"] {
            return (.hostPath(path: host.text("path"), type: host.text("type")), "host-path")
        }
        let usualMode: Int64 = 0o644
        if let map = json["configMap"] {
            let source = FileSource.configMap(
                name: map.text("name"), items: items(map), isOptional: map.flag("optional"))
            return (.files([source], mode: map.integer("defaultMode") ?? usualMode), "configmap")
        }
        if let secret = json["secret"] {
            let source = FileSource.secret(
                name: secret.text("secretName"), items: items(secret), isOptional: secret.flag("optional"))
            return (.files([source], mode: secret.integer("defaultMode") ?? usualMode), "secret")
        }
        if let downward = json["downwardAPI"] {
            return (
                .files([.downward(downwardItems(downward))], mode: downward.integer("defaultMode") ?? usualMode),
                "downward-api"
            )
        }
        if let projected = json["projected"] {
            let sources = projected.list("sources").compactMap(projection)
            return (.files(sources, mode: projected.integer("defaultMode") ?? usualMode), "projected")
        }
        let kind = (json.objectValue ?? [:]).first { $0.key != "name" }?.key
        // A volume without a source is an empty directory (core/v1 VolumeSource).
        guard let kind else { return (.emptyDirectory(inMemory: false, limit: nil), "empty-dir") }
        return (.unsupported(kind), kind)
    }

    private static func projection(_ json: JSONValue) -> FileSource? {
        if let map = json["configMap"] {
            return .configMap(name: map.text("name"), items: items(map), isOptional: map.flag("optional"))
        }
        if let secret = json["secret"] {
            return .secret(name: secret.text("name"), items: items(secret), isOptional: secret.flag("optional"))
        }
        if let downward = json["downwardAPI"] { return .downward(downwardItems(downward)) }
        if let token = json["serviceAccountToken"] {
            return .token(
                path: token.text("path"), audience: token.text("audience"),
                expiration: token.integer("expirationSeconds") ?? 3600)
        }
        return nil
    }

    private static func items(_ json: JSONValue) -> [Item]? {
        guard let items = json["items"]?.arrayValue, !items.isEmpty else { return nil }
        return items.map { Item(key: $0.text("key"), path: $0.text("path"), mode: $0.integer("mode")) }
    }

    private static func downwardItems(_ json: JSONValue) -> [DownwardItem] {
        json.list("items").map { item in
            DownwardItem(
                path: item.text("path"), mode: item.integer("mode"),
                field: item["fieldRef"]?.text("fieldPath") ?? "", resource: item["resourceFieldRef"])
        }
    }
}
