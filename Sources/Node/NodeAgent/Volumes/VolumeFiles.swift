import ContainerRuntime
import JSONStream
import KubeAPI

/// The files of a volume that is made of objects. Pure.
struct VolumeFiles: Hashable, Sendable {
    struct File: Hashable, Sendable {
        var bytes: [UInt8]
        var mode: UInt32
        /// Who owns it; nil: root.
        var user: UInt32?
    }

    /// A token that has to be there first.
    struct TokenKey: Hashable, Sendable {
        var audience: String
        var expiration: Int64
    }

    /// By path below the volume.
    private(set) var files: [String: File] = [:]

    /// - Parameter tokens: those that ``tokens(_:)`` asks for.
    /// - Throws: ``StatusProblem`` that says what is missing.
    init(
        _ sources: [VolumeDefinition.FileSource], mode: Int64, pod: BoundPod, objects: ReferencedObjects,
        fields: DownwardFields, tokens: [TokenKey: String]
    ) throws(StatusProblem) {
        for source in sources {
            switch source {
            case .configMap(let name, let items, let isOptional):
                try add(.configMap, name, items, isOptional, mode, objects)
            case .secret(let name, let items, let isOptional):
                try add(.secret, name, items, isOptional, mode, objects)
            case .downward(let items):
                for item in items {
                    let text: String
                    if let resource = item.resource {
                        text = try fields.resource(resource, of: nil)
                    } else {
                        text = try fields.field(item.field)
                    }
                    try set(item.path, Array(text.utf8), item.mode ?? mode)
                }
            case .token(let path, let audience, let expiration):
                guard let token = tokens[TokenKey(audience: audience, expiration: expiration)] else {
                    throw StatusProblem("FailedMount", "there is no token for the audience \"\(audience)\"")
                }
                let (tokenMode, user) = Self.tokenRights(pod, mode)
                try set(path, Array(token.utf8), tokenMode, user: user)
            }
        }
    }

    static func tokens(_ sources: [VolumeDefinition.FileSource]) -> [TokenKey] {
        sources.compactMap {
            if case .token(_, let audience, let expiration) = $0 {
                TokenKey(audience: audience, expiration: expiration)
            } else {
                nil
            }
        }
    }

    /// Only who runs in the pod is to read a token, where that can be told.
    private static func tokenRights(_ pod: BoundPod, _ mode: Int64) -> (mode: Int64, user: UInt32?) {
        if pod.spec.securityContext.integer("fsGroup") != nil { return (0o600, nil) }
        let users = Set(
            (pod.spec.containers + pod.spec.initContainers).map {
                $0.securityContext.integer("runAsUser") ?? pod.spec.securityContext.integer("runAsUser")
            })
        guard users.count == 1, let user = users.first.flatMap({ $0 }).flatMap({ UInt32(exactly: $0) }) else {
            return (mode, nil)
        }
        return (0o600, user)
    }

    private mutating func add(
        _ kind: ObjectReferences.Kind, _ name: String, _ items: [VolumeDefinition.Item]?, _ isOptional: Bool,
        _ mode: Int64, _ objects: ReferencedObjects
    ) throws(StatusProblem) {
        guard let data = objects[kind, name] else {
            if isOptional { return }
            throw StatusProblem(
                "FailedMount", "\(kind == .configMap ? "configmap" : "secret") \"\(name)\" not found")
        }
        guard let items else {
            for (key, bytes) in data.values { try set(key, bytes, mode) }
            return
        }
        for item in items {
            guard let bytes = data.values[item.key] else {
                if isOptional { continue }
                let word = kind == .configMap ? "config" : "secret"
                throw StatusProblem("FailedMount", "references non-existent \(word) key: \(item.key)")
            }
            try set(item.path, bytes, item.mode ?? mode)
        }
    }

    private mutating func set(
        _ path: String, _ bytes: [UInt8], _ mode: Int64, user: UInt32? = nil
    ) throws(StatusProblem) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard !parts.isEmpty, !path.hasPrefix("/"), !parts.contains(".."), !parts[0].hasPrefix(".."),
            path.utf8.count <= 4096
        else { throw StatusProblem("FailedMount", "the path \"\(path)\" does not lie in the volume") }
        let clean = parts.filter { !$0.isEmpty && $0 != "." }.joined(separator: "/")
        guard !clean.isEmpty else { throw StatusProblem("FailedMount", "the path of a file is empty") }
        files[clean] = File(bytes: bytes, mode: UInt32(truncatingIfNeeded: mode & 0o7777), user: user)
    }
}
