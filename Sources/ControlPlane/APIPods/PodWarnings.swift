import APIObjects
package import JSONStream
import KubeAPI
package import KubeSchema

/// Texts of Warning headers for what is taken but will not do what its author may think (pkg/api/pod/warnings.go).
package struct PodWarnings {
    private static let oldLabels = [
        "beta.kubernetes.io/arch": "kubernetes.io/arch", "beta.kubernetes.io/os": "kubernetes.io/os",
        "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
        "failure-domain.beta.kubernetes.io/zone": "topology.kubernetes.io/zone",
        "beta.kubernetes.io/instance-type": "node.kubernetes.io/instance-type",
    ]
    private static let oldVolumes = [
        ("photonPersistentDisk", "photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+"),
        ("gitRepo", "gitRepo", "deprecated in v1.11, and disabled by default in v1.33+"),
        ("scaleIO", "scaleIO", "deprecated in v1.16, non-functional in v1.22+"),
        ("flocker", "flocker", "deprecated in v1.22, non-functional in v1.25+"),
        ("storageos", "storageOS", "deprecated in v1.22, non-functional in v1.25+"),
        ("quobyte", "quobyte", "deprecated in v1.22, non-functional in v1.25+"),
        ("glusterfs", "glusterfs", "deprecated in v1.25, non-functional in v1.26+"),
        ("cephfs", "cephfs", "deprecated in v1.28, non-functional in v1.31+"),
        ("rbd", "rbd", "deprecated in v1.28, non-functional in v1.31+"),
    ]
    private static let oldAnnotations = [
        (
            "scheduler.alpha.kubernetes.io/critical-pod",
            "non-functional in v1.16+; use the \"priorityClassName\" field instead"
        ),
        ("security.alpha.kubernetes.io/sysctls", "non-functional in v1.11+; use the \"sysctls\" field instead"),
        ("security.alpha.kubernetes.io/unsafe-sysctls", "non-functional in v1.11+; use the \"sysctls\" field instead"),
    ]

    package private(set) var texts: [String] = []
    private let spec: JSONValue
    private let path: FieldPath

    /// - Parameter path: where the template is, empty for a pod.
    package init(_ spec: JSONValue, _ metadata: JSONValue, at path: FieldPath) {
        self.spec = spec
        self.path = path.child("spec")
        labels()
        for (key, text) in Self.oldAnnotations where metadata["annotations"]?[key] != nil {
            add(path.child("metadata").child("annotations").key(key), text)
        }
        volumes()
        duplicates("hostAliases", "ip", "duplicate ip")
        duplicates("imagePullSecrets", "name", "duplicate name")
        for (index, secret) in spec.items("imagePullSecrets").enumerated() where secret.text("name").isEmpty {
            add(self.path.child("imagePullSecrets").index(index).child("name"), "invalid empty name \"\"")
        }
        fractions(spec["overhead"], self.path.child("overhead"))
        containers()
        ports()
    }

    private mutating func add(_ path: FieldPath, _ text: String) { texts.append("\(path): \(text)") }

    private mutating func labels() {
        for (key, _) in spec.sortedMembers("nodeSelector") {
            guard let new = Self.oldLabels[key] else { continue }
            add(path.child("nodeSelector").key(key), "deprecated since v1.14; use \"\(new)\" instead")
        }
        for (index, constraint) in spec.items("topologySpreadConstraints").enumerated() {
            let item = path.child("topologySpreadConstraints").index(index)
            let key = constraint.text("topologyKey")
            if let new = Self.oldLabels[key] {
                add(item.child("topologyKey"), "\(key) is deprecated since v1.14; use \"\(new)\" instead")
            }
            if !constraint.has("labelSelector") {
                add(item.child("labelSelector"), "a null labelSelector results in matching no pod")
            }
        }
    }

    private mutating func volumes() {
        for (index, volume) in spec.items("volumes").enumerated() {
            for (name, shown, text) in Self.oldVolumes where volume.has(name) {
                add(path.child("volumes").index(index).child(shown), text)
            }
        }
    }

    private mutating func duplicates(_ list: String, _ field: String, _ text: String) {
        var seen: Set<String> = []
        for (index, item) in spec.items(list).enumerated() where !seen.insert(item.text(field)).inserted {
            add(path.child(list).index(index).child(field), "\(text) \"\(item.text(field))\"")
        }
    }

    private mutating func fractions(_ amounts: JSONValue?, _ path: FieldPath) {
        for name in ["memory", "ephemeral-storage"] {
            guard let text = amounts?[name]?.stringValue,
                (Quantity.value(text) ?? 0) % 1_000_000_000 != 0
            else { continue }
            add(path.key(name), "fractional byte value \"\(text)\" is invalid, must be an integer")
        }
    }

    /// Each container with its path, in upstream's order.
    private var allContainers: [(container: JSONValue, path: FieldPath)] {
        ["initContainers", "containers", "ephemeralContainers"].flatMap { list in
            spec.items(list).enumerated().map { ($1, path.child(list).index($0)) }
        }
    }

    private mutating func containers() {
        for (container, path) in allContainers {
            for list in ["limits", "requests"] {
                fractions(container["resources"]?[list], path.child("resources").child(list))
            }
            var seen: Set<String> = []
            for (index, variable) in container.items("env").enumerated() {
                let name = variable.text("name")
                guard !seen.insert(name).inserted else { continue }
                let own = "$(\(name))"
                let value = variable.text("value")
                guard variable.has("valueFrom") || value == own || !value.contains(own) else { continue }
                add(
                    path.child("env").index(index),
                    "hides previous definition of \"\(name)\", which may be dropped when using apply")
            }
        }
    }

    private mutating func ports() {
        var known: [String: [(path: FieldPath, port: JSONValue)]] = [:]
        for (container, path) in allContainers {
            for (index, port) in container.items("ports").enumerated() {
                let item = path.child("ports").index(index)
                let key = "\(port.number("containerPort"))/\(port.text("protocol"))"
                for other in known[key] ?? [] {
                    let (host, otherHost) = (port.number("hostPort"), other.port.number("hostPort"))
                    let (ip, otherIP) = (port.text("hostIP"), other.port.text("hostIP"))
                    if ip == otherIP, host == otherHost {
                        add(item, "duplicate port definition with \(other.path)")
                    } else if host == 0 || otherHost == 0 {
                        add(item, "overlapping port definition with \(other.path)")
                    } else if host == otherHost, ip.isEmpty || otherIP.isEmpty {
                        add(item, "overlapping port definition with \(other.path)")
                    }
                }
                known[key, default: []].append((item, port))
            }
        }
    }
}
