import JSONStream
import KubeAPI

/// What a pod can be told of itself: `fieldRef` and `resourceFieldRef`. Pure.
struct DownwardFields: Sendable {
    let pod: BoundPod
    let podAddresses: [String]
    let hostAddresses: [String]
    /// What containers without a limit may use.
    let allocatable: [String: String]

    /// - Throws: a text that says what is wrong with the path.
    func field(_ path: String) throws(StatusProblem) -> String {
        switch path {
        case "metadata.name": return pod.metadata.name
        case "metadata.namespace": return pod.metadata.namespace
        case "metadata.uid": return pod.metadata.uid
        case "metadata.labels": return Self.lines(pod.metadata.labels)
        case "metadata.annotations": return Self.lines(pod.metadata.annotations)
        case "spec.nodeName": return pod.spec.nodeName
        case "spec.serviceAccountName": return pod.spec.serviceAccountName
        case "status.hostIP": return hostAddresses.first ?? ""
        case "status.hostIPs": return hostAddresses.joined(separator: ",")
        case "status.podIP": return podAddresses.first ?? ""
        case "status.podIPs": return podAddresses.joined(separator: ",")
        default: break
        }
        if let key = Self.subscripted(path, "metadata.labels") { return pod.metadata.labels[key] ?? "" }
        if let key = Self.subscripted(path, "metadata.annotations") { return pod.metadata.annotations[key] ?? "" }
        throw StatusProblem("CreateContainerConfigError", "unsupported fieldPath: \(path)")
    }

    /// `metadata.labels['key']`
    private static func subscripted(_ path: String, _ map: String) -> String? {
        guard path.hasPrefix(map + "['"), path.hasSuffix("']") else { return nil }
        return String(path.dropFirst(map.count + 2).dropLast(2))
    }

    /// `key="value"`, one a line, sorted.
    static func lines(_ map: [String: String]) -> String {
        map.sorted { $0.key < $1.key }.map { "\($0.key)=\(quoted($0.value))" }.joined(separator: "\n")
    }

    /// As Go's %q writes it.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                result += "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// An amount of a container, divided and rounded up.
    func resource(_ json: JSONValue, of usual: ContainerDefinition?) throws(StatusProblem) -> String {
        let name = json.text("containerName")
        let container = name.isEmpty ? usual : pod.spec.container(name)
        let path = json.text("resource")
        guard let container else {
            throw StatusProblem("CreateContainerConfigError", "container \(name) not found")
        }
        let parts = path.split(separator: ".", maxSplits: 1).map(String.init)
        guard parts.count == 2, ["limits", "requests"].contains(parts[0]) else {
            throw StatusProblem("CreateContainerConfigError", "unsupported container resource : \(path)")
        }
        let isLimit = parts[0] == "limits"
        let own = isLimit ? container.limits[parts[1]] : container.requests[parts[1]] ?? container.limits[parts[1]]
        let text = own ?? (isLimit ? allocatable[parts[1]] : nil) ?? "0"
        let divisor = json["divisor"]?.stringValue ?? json.integer("divisor").map(String.init) ?? "1"
        return Self.divided(text, by: divisor, isCPU: parts[1] == "cpu")
    }

    private static func divided(_ amount: String, by divisor: String, isCPU: Bool) -> String {
        let scale = isCPU ? -3 : 0
        let value: Int64 = ((try? Quantity(amount)) ?? .zero).scaled(to: scale)
        let unit: Int64 = ((try? Quantity(divisor)) ?? .zero).scaled(to: scale)
        // A divisor of zero is none.
        let step = unit > 0 ? unit : (isCPU ? 1000 : 1)
        guard value > 0 else { return "0" }
        return String((value - 1) / step + 1)
    }
}
