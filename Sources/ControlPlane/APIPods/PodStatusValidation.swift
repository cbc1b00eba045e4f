import APIObjects
import JSONStream
import KubeSchema
import NetworkAddress

/// What may change of a pod's status.
struct PodStatusValidation {
    private static let path = FieldPath("status")
    private static let ownConditions = ["PodScheduled", "Ready", "Initialized"]

    private let pod: JSONValue
    private let old: JSONValue
    private let status: JSONValue
    private let oldStatus: JSONValue

    init(_ pod: JSONValue, old: JSONValue) {
        self.pod = pod
        self.old = old
        status = pod["status"] ?? [:]
        oldStatus = old["status"] ?? [:]
    }

    func validate() -> [FieldError] {
        var errors: [FieldError] = []
        for (index, condition) in status.items("conditions").enumerated()
        where !Self.ownConditions.contains(condition.text("type")) {
            errors += FieldError.named(
                condition.text("type"), FieldPath("metadata.conditions").index(index).child("Type"),
                by: Names.qualifiedName)
        }
        let nominated = status.text("nominatedNodeName")
        if nominated != oldStatus.text("nominatedNodeName"), !nominated.isEmpty {
            errors += FieldError.named(nominated, Self.path.child("nominatedNodeName"), by: Names.dnsSubdomain)
        }
        if status.text("qosClass") != oldStatus.text("qosClass") {
            errors.append(
                .invalid(
                    Self.path.child("qosClass"), .string(status.text("qosClass")), FieldError.immutable))
        }
        errors += transitions() + claims()
        return errors + addresses("podIPs") + hostAddresses()
    }

    /// A container that has ended for good does not run again.
    private func transitions() -> [FieldError] {
        let policy = old["spec"]?.text("restartPolicy") ?? ""
        let sidecars = Set(
            (old["spec"]?.items("initContainers") ?? []).filter(PodLevelResources.isSidecar).map { $0.text("name") })
        return transitions("containerStatuses", policy, except: [])
            + transitions("initContainerStatuses", policy, except: sidecars)
            + transitions("ephemeralContainerStatuses", "Never", except: [])
    }

    private func transitions(_ list: String, _ policy: String, except: Set<String>) -> [FieldError] {
        guard policy != "Always" else { return [] }
        var errors: [FieldError] = []
        let running = Set(
            status.items(list).filter { $0["state"]?.has("terminated") != true }.map { $0.text("name") })
        for (index, before) in oldStatus.items(list).enumerated() {
            let name = before.text("name")
            guard let end = before["state"]?["terminated"], !end.isNull, !except.contains(name) else { continue }
            if end.number("exitCode") != 0, policy == "OnFailure" { continue }
            guard running.contains(name) else { continue }
            errors.append(
                .forbidden(
                    Self.path.child(list).index(index).child("state"),
                    "may not be transitioned to non-terminated state"))
        }
        return errors
    }

    private func claims() -> [FieldError] {
        let known = Set((pod["spec"]?.items("resourceClaims") ?? []).map { $0.text("name") })
        var seen: Set<String> = []
        var errors: [FieldError] = []
        for (index, claim) in status.items("resourceClaimStatuses").enumerated() {
            let name = claim.text("name")
            let field = Self.path.child("resourceClaimStatuses").index(index).child("name")
            if !known.contains(name) {
                errors.append(
                    .invalid(
                        field, .string(name), "must match the name of an entry in `spec.resourceClaims`"))
            }
            if !seen.insert(name).inserted { errors.append(.duplicate(field, .string(name))) }
        }
        return errors
    }

    private func addresses(_ list: String) -> [FieldError] {
        let path = Self.path.child(list)
        let texts = status.items(list).map { $0.text("ip") }
        var errors = texts.enumerated().flatMap { AddressValidation.ip($1, path.index($0)) }
        guard texts.count > 1 else { return errors }
        let families = Set(texts.compactMap { IPAddress($0)?.family })
        if families.count < 2 || texts.count > 2 {
            errors.append(
                .invalid(path, status[list] ?? [], "may specify no more than one IP for each IP family"))
        }
        var seen: Set<String> = []
        for (index, text) in texts.enumerated() where !seen.insert(text).inserted {
            errors.append(.duplicate(path.index(index), status.items(list)[index]))
        }
        return errors
    }

    private func hostAddresses() -> [FieldError] {
        guard let first = status.items("hostIPs").first?.text("ip") else { return [] }
        let isSame = first == status.text("hostIP")
        let difference: [FieldError] =
            isSame
            ? []
            : [
                .invalid(
                    Self.path.child("hostIPs").index(0).child("ip"), .string(first), "must be equal to `hostIP`")
            ]
        return difference + addresses("hostIPs")
    }
}
