import FoundationEssentials
import JSONStream
import KubeAPI

/// The data of a ConfigMap or a Secret.
struct KeyedData: Hashable, Sendable {
    var values: [String: [UInt8]] = [:]
    var isImmutable = false

    init() {}

    init(configMap json: JSONValue) {
        for (key, value) in json["data"]?.objectValue ?? [:] { values[key] = Array((value.stringValue ?? "").utf8) }
        decode(json["binaryData"])
        isImmutable = json.flag("immutable")
    }

    init(secret json: JSONValue) {
        decode(json["data"])
        isImmutable = json.flag("immutable")
    }

    private mutating func decode(_ json: JSONValue?) {
        for (key, value) in json?.objectValue ?? [:] {
            values[key] = value.stringValue.flatMap { Base64.decode($0) } ?? []
        }
    }

    /// The keys and values that can be variables, in their order.
    func text(_ key: String) -> String? { values[key].map { String(decoding: $0, as: UTF8.self) } }
}

/// Which ConfigMaps and Secrets a pod needs. Pure.
struct ObjectReferences: Hashable, Sendable {
    enum Kind: String, Hashable, Sendable {
        case configMap = "configmaps"
        case secret = "secrets"
    }

    struct Reference: Hashable, Sendable {
        var kind: Kind
        var name: String
    }

    private(set) var all: Set<Reference> = []

    /// Of containers' variables.
    init(variablesOf containers: [ContainerDefinition]) {
        for container in containers {
            for variable in container.environment { add(variable["valueFrom"], "KeyRef") }
            for source in container.environmentSources { add(source, "Ref") }
        }
    }

    /// Of volumes.
    init(_ volumes: [VolumeDefinition]) {
        for volume in volumes {
            guard case .files(let sources, _) = volume.source else { continue }
            for source in sources {
                switch source {
                case .configMap(let name, _, _): all.insert(Reference(kind: .configMap, name: name))
                case .secret(let name, _, _): all.insert(Reference(kind: .secret, name: name))
                case .downward, .token: break
                }
            }
        }
    }

    private mutating func add(_ json: JSONValue?, _ suffix: String) {
        guard let json else { return }
        if let map = json["configMap" + suffix] { all.insert(Reference(kind: .configMap, name: map.text("name"))) }
        if let secret = json["secret" + suffix] { all.insert(Reference(kind: .secret, name: secret.text("name"))) }
    }
}

/// ConfigMaps and Secrets of a pod's namespace, as far as it refers to them and they are there.
struct ReferencedObjects: Hashable, Sendable {
    var found: [ObjectReferences.Reference: KeyedData] = [:]

    subscript(kind: ObjectReferences.Kind, name: String) -> KeyedData? {
        found[ObjectReferences.Reference(kind: kind, name: name)]
    }
}
