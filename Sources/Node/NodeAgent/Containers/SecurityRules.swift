import ContainerRuntime
import JSONStream

/// The security context of a container over its pod's. Pure.
struct SecurityRules: Sendable {
    let pod: JSONValue
    let container: JSONValue
    /// Directory of profiles, as kubelet has it below its root.
    let profileDirectory: String

    private static let maskedPaths = [
        "/proc/asound", "/proc/acpi", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
        "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware",
        "/sys/devices/virtual/powercap",
    ]
    private static let readOnlyPaths = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]

    init(_ pod: PodDefinition, _ container: JSONValue, profileDirectory: String) {
        self.pod = pod.securityContext
        self.container = container
        self.profileDirectory = profileDirectory
    }

    private func number(_ name: String) -> Int64? { container.integer(name) ?? pod.integer(name) }

    static func groups(_ pod: JSONValue) -> [Int64] {
        let own = pod.list("supplementalGroups").compactMap(\.integerValue)
        return own + (pod.integer("fsGroup").map { [$0] } ?? [])
    }

    /// - Parameter image: whose user counts where none is named.
    /// - Throws: ``StatusProblem`` where a container that must not be root would be.
    func security(
        _ image: RuntimeImage?, description: String
    ) throws(StatusProblem) -> ContainerConfiguration.Security {
        var security = ContainerConfiguration.Security()
        security.runAsUser = number("runAsUser") ?? imageUser(image)
        security.runAsGroup = number("runAsGroup")
        try checkRoot(image, description)
        security.isPrivileged = container.flag("privileged")
        security.hasReadOnlyRoot = container.flag("readOnlyRootFilesystem")
        security.hasNoNewPrivileges = container["allowPrivilegeEscalation"]?.boolValue == false
        security.addedCapabilities = container["capabilities"]?.texts("add") ?? []
        security.droppedCapabilities = container["capabilities"]?.texts("drop") ?? []
        security.supplementalGroups = Self.groups(pod)
        let isUnmasked = container.text("procMount") == "Unmasked"
        security.maskedPaths = isUnmasked || security.isPrivileged ? [] : Self.maskedPaths
        security.readOnlyPaths = isUnmasked || security.isPrivileged ? [] : Self.readOnlyPaths
        security.seccomp = seccomp
        return security
    }

    private func imageUser(_ image: RuntimeImage?) -> Int64? { image?.uid }

    private func checkRoot(_ image: RuntimeImage?, _ description: String) throws(StatusProblem) {
        guard (container["runAsNonRoot"] ?? pod["runAsNonRoot"])?.boolValue == true else { return }
        let reason = "CreateContainerConfigError"
        if let user = number("runAsUser") {
            if user == 0 {
                throw StatusProblem(reason, "container's runAsUser breaks non-root policy (\(description))")
            }
        } else if let user = image?.uid {
            if user == 0 {
                throw StatusProblem(reason, "container has runAsNonRoot and image will run as root (\(description))")
            }
        } else if let name = image?.username, !name.isEmpty {
            throw StatusProblem(
                reason,
                "container has runAsNonRoot and image has non-numeric user (\(name)), cannot verify user is non-root (\(description))"
            )
        } else {
            throw StatusProblem(reason, "container has runAsNonRoot and image will run as root (\(description))")
        }
    }

    private var seccomp: SeccompProfile {
        guard let profile = container["seccompProfile"] ?? pod["seccompProfile"] else { return .unconfined }
        switch profile.text("type") {
        case "RuntimeDefault": return .runtimeDefault
        case "Localhost": return .localhost("\(profileDirectory)/\(profile.text("localhostProfile"))")
        default: return .unconfined
        }
    }
}
