import APISecurity
import ArgumentParser

/// The flags of the audit log.
struct AuditOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Log who did what, a JSON object a line; - for standard output.", valueName: "file"))
    var auditLogPath: String?

    @Option(
        help: ArgumentHelp(
            "Which requests are logged: a Policy of audit.k8s.io/v1 with the levels None and Metadata; the default is "
                + "all.", valueName: "file"))
    var auditPolicyFile: String?

    @Option(help: ArgumentHelp("Begin a new file beyond this size; 0: never.", valueName: "megabytes"))
    var auditLogMaxsize = 0

    @Option(help: ArgumentHelp("Old files to keep; 0: all.", valueName: "n"))
    var auditLogMaxbackup = 0

    @Option(help: ArgumentHelp("Days to keep old files; 0: for ever.", valueName: "days"))
    var auditLogMaxage = 0

    func configuration() throws -> AuditLog.Configuration? {
        for (flag, value) in [
            ("--audit-log-maxsize", auditLogMaxsize), ("--audit-log-maxbackup", auditLogMaxbackup),
            ("--audit-log-maxage", auditLogMaxage),
        ] where !(0...1_000_000).contains(value) {
            throw ValidationError("\(flag): \(value) is not within 0-1000000")
        }
        guard let auditLogPath, !auditLogPath.isEmpty else {
            guard auditPolicyFile == nil else {
                throw ValidationError("--audit-policy-file: give --audit-log-path as well")
            }
            return nil
        }
        var audit = AuditLog.Configuration(path: auditLogPath)
        audit.maximumSize = auditLogMaxsize << 20
        audit.maximumBackups = auditLogMaxbackup
        audit.maximumAge = auditLogMaxage == 0 ? nil : .seconds(auditLogMaxage * 86_400)
        if let auditPolicyFile {
            let bytes = try InputFile.read(auditPolicyFile, flag: "--audit-policy-file")
            do {
                audit.policy = try AuditPolicy(parsing: bytes)
            } catch {
                throw ValidationError("--audit-policy-file \(auditPolicyFile): \(error)")
            }
        }
        return audit
    }
}
