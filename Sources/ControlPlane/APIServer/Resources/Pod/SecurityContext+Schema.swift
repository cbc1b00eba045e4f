/// Fields and protobuf numbers are those of core/v1.
extension StructSchema {
    static let securityContext = StructSchema(
        core: "SecurityContext", "A security context.",
        [
            Field(1, "capabilities", .object(capabilities), .pointer, "Capabilities to add and to drop."),
            Field(2, "privileged", .bool, .pointer, "Whether processes have all rights on the node."),
            Field(3, "seLinuxOptions", .object(seLinuxOptions), .pointer, "SELinux labels."),
            Field(10, "windowsOptions", .object(windowsSecurityContextOptions), .pointer, "Settings for Windows."),
            Field(4, "runAsUser", .int64, .pointer, "The user id of processes."),
            Field(8, "runAsGroup", .int64, .pointer, "The group id of processes."),
            Field(5, "runAsNonRoot", .bool, .pointer, "Whether user 0 is refused."),
            Field(6, "readOnlyRootFilesystem", .bool, .pointer, "Whether the image cannot be written."),
            Field(7, "allowPrivilegeEscalation", .bool, .pointer, "Whether a process may gain rights."),
            Field(9, "procMount", .string, .pointer, "Default or Unmasked."),
            Field(11, "seccompProfile", .object(seccompProfile), .pointer, "Which system calls are allowed."),
            Field(12, "appArmorProfile", .object(appArmorProfile), .pointer, "The AppArmor profile."),
        ])

    static let podSecurityContext = StructSchema(
        core: "PodSecurityContext", "A pod security context.",
        [
            Field(1, "seLinuxOptions", .object(seLinuxOptions), .pointer, "SELinux labels."),
            Field(8, "windowsOptions", .object(windowsSecurityContextOptions), .pointer, "Settings for Windows."),
            Field(2, "runAsUser", .int64, .pointer, "The user id of processes."),
            Field(6, "runAsGroup", .int64, .pointer, "The group id of processes."),
            Field(3, "runAsNonRoot", .bool, .pointer, "Whether user 0 is refused."),
            Field(4, "supplementalGroups", .array(.int64), "Further group ids of processes."),
            Field(12, "supplementalGroupsPolicy", .string, .pointer, "Merge (the default) or Strict."),
            Field(5, "fsGroup", .int64, .pointer, "The group that owns volumes."),
            Field(7, "sysctls", .array(.object(sysctl)), "Kernel parameters of the pod."),
            Field(9, "fsGroupChangePolicy", .string, .pointer, "OnRootMismatch or Always (the default)."),
            Field(10, "seccompProfile", .object(seccompProfile), .pointer, "Which system calls are allowed."),
            Field(11, "appArmorProfile", .object(appArmorProfile), .pointer, "The AppArmor profile."),
            Field(13, "seLinuxChangePolicy", .string, .pointer, "Recursive or MountOption (the default)."),
        ])

    static let capabilities = StructSchema(
        core: "Capabilities", "A capabilities.",
        [
            Field(1, "add", .array(.string), "Capabilities to add."),
            Field(2, "drop", .array(.string), "Capabilities to drop."),
        ])

    static let seLinuxOptions = StructSchema(
        core: "SELinuxOptions", "A SE linux options.",
        [
            Field(1, "user", .string, "The user."),
            Field(2, "role", .string, "The role."),
            Field(3, "type", .string, "The type."),
            Field(4, "level", .string, "The level."),
        ])

    static let windowsSecurityContextOptions = StructSchema(
        core: "WindowsSecurityContextOptions", "A windows security context options.",
        [
            Field(1, "gmsaCredentialSpecName", .string, .pointer, "The gmsa credential spec name."),
            Field(2, "gmsaCredentialSpec", .string, .pointer, "The gmsa credential spec."),
            Field(3, "runAsUserName", .string, .pointer, "The run as user name."),
            Field(4, "hostProcess", .bool, .pointer, "The host process."),
        ])

    static let seccompProfile = StructSchema(
        core: "SeccompProfile", "A seccomp profile.",
        [
            Field(1, "type", .string, .always, required: true, "Localhost, RuntimeDefault or Unconfined."),
            Field(2, "localhostProfile", .string, .pointer, "A profile of the node, for type Localhost."),
        ])

    static let appArmorProfile = StructSchema(
        core: "AppArmorProfile", "An app armor profile.",
        [
            Field(1, "type", .string, .always, required: true, "Localhost, RuntimeDefault or Unconfined."),
            Field(2, "localhostProfile", .string, .pointer, "A profile of the node, for type Localhost."),
        ])

    static let sysctl = StructSchema(
        core: "Sysctl", "A sysctl.",
        [
            Field(1, "name", .string, .always, required: true, "The name."),
            Field(2, "value", .string, .always, required: true, "The value."),
        ])
}
